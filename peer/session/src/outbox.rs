//! What the core wants done, in order. Outputs that reach a device need a [`Permit`].

use std::collections::VecDeque;

use crate::{
    ParticipantId,
    clipboard::Clip,
    command::Act,
    grants::Permit,
    input::InputEvent,
    io::{Capture, Output},
    wire::Message,
};

#[derive(Default)]
pub(crate) struct Outbox(VecDeque<Output>);

impl Outbox {
    pub(crate) fn pop(&mut self) -> Option<Output> {
        self.0.pop_front()
    }

    pub(crate) fn len(&self) -> usize {
        self.0.len()
    }

    /// Before all that was added since there were `at` outputs.
    pub(crate) fn insert(&mut self, at: usize, output: Output) {
        self.0.insert(at.min(self.0.len()), output);
    }

    /// Everything that needs no grant; what does is dropped here.
    pub(crate) fn push(&mut self, output: Output) {
        let device = matches!(
            output,
            Output::Capture(_)
                | Output::Inject(_)
                | Output::SetClipboard(_)
                | Output::SendFiles { .. }
                | Output::ReceiveFiles { .. }
        );
        debug_assert!(!device, "a device output without a permit");
        if !device {
            self.0.push_back(output);
        }
    }

    pub(crate) fn say(&mut self, peer: ParticipantId, message: &Message) {
        self.0.push_back(Output::SendControl { peer, bytes: message.encode() });
    }

    pub(crate) fn inject(&mut self, permit: &Permit, event: InputEvent) {
        if permit.act() == Act::Control {
            self.0.push_back(Output::Inject(event));
        }
    }

    pub(crate) fn set_clipboard(&mut self, permit: &Permit, clip: Clip) {
        let act = if matches!(clip, Clip::Files(_)) { Act::CopiedFiles } else { Act::Clipboard };
        if permit.act() == act {
            self.0.push_back(Output::SetClipboard(clip));
        }
    }

    /// Sends or takes files.
    pub(crate) fn move_files(&mut self, permit: &Permit, output: Output) {
        let moves = matches!(output, Output::SendFiles { .. } | Output::ReceiveFiles { .. });
        if moves && matches!(permit.act(), Act::CopiedFiles | Act::SendFiles) {
            self.0.push_back(output);
        }
    }

    /// One permit for each viewer; without one nobody sees. Returns what was said.
    pub(crate) fn capture(&mut self, viewers: Vec<(ParticipantId, Permit)>, wanted: Capture) -> Capture {
        let viewers = viewers.into_iter().filter(|(_, p)| p.act() == Act::View).map(|(id, _)| id).collect();
        let capture = Capture { viewers, ..wanted };
        self.0.push_back(Output::Capture(capture.clone()));
        capture
    }
}
