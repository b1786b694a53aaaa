//! What a test does at a node, and looks at.

use deskside_session::{
    ParticipantId, Role,
    command::{Act, Command, RequestId},
    input::InputEvent,
    io::{DeviceEvent, Input, Output},
    view::{LinkView, Notice, Verified, View},
};

use super::{AGENT, CUSTOMER, Node, World};

impl World {
    pub fn input(&mut self, id: ParticipantId, input: Input) {
        let Some(n) = self.nodes.get_mut(&id) else { return };
        n.session.handle(self.now, input);
        self.drain(id);
    }
    pub fn command(&mut self, id: ParticipantId, command: Command) {
        self.input(id, Input::Command(command));
    }
    pub fn device(&mut self, id: ParticipantId, event: DeviceEvent) {
        self.input(id, Input::Device(event));
    }
    pub fn view(&self, id: ParticipantId) -> View {
        self.nodes[&id].session.view(self.now)
    }
    pub fn node(&self, id: ParticipantId) -> &Node {
        &self.nodes[&id]
    }
    /// With a secret that the first agent made.
    pub fn came_by_link(&self, id: ParticipantId) -> bool {
        id != AGENT && self.guests.get(&id).is_some_and(|g| g.secret.is_some())
    }
    /// Who has not left.
    pub fn there(&self) -> Vec<ParticipantId> {
        self.ids().into_iter().filter(|id| self.node(*id).over.is_none()).collect()
    }
    pub fn all_secure(&self) -> bool {
        let ids = self.there();
        ids.iter().all(|a| ids.iter().all(|b| a == b || self.secure(*a, *b)))
    }
    /// Who is primary in somebody's eyes.
    pub fn primary(&self, id: ParticipantId) -> Vec<ParticipantId> {
        let v = self.view(id);
        let me = (v.role == Role::Primary).then_some(id);
        let others = v.others.iter().filter(|o| o.role == Role::Primary).map(|o| o.id);
        me.into_iter().chain(others).collect()
    }
    pub fn notice(&self, id: ParticipantId) -> Option<Notice> {
        self.view(id).notice.map(|(_, n)| n)
    }
    pub fn notices(&self, id: ParticipantId) -> Vec<Notice> {
        self.nodes[&id].session.notices(0).map(|(_, n)| n.clone()).collect()
    }
    pub fn acts(&self, id: ParticipantId) -> Vec<Act> {
        self.view(id).grants.iter().map(|g| g.act).collect()
    }
    /// Outputs since the last call.
    pub fn take_log(&mut self, id: ParticipantId) -> Vec<Output> {
        self.nodes.get_mut(&id).map(|n| std::mem::take(&mut n.log)).unwrap_or_default()
    }
    pub fn injected(&mut self, id: ParticipantId) -> Vec<InputEvent> {
        let log = self.take_log(id);
        log.into_iter().filter_map(|o| if let Output::Inject(e) = o { Some(e) } else { None }).collect()
    }
    pub fn link(&self, from: ParticipantId, to: ParticipantId) -> LinkView {
        let view = self.view(from);
        view.others.iter().find(|o| o.id == to).map(|o| o.link.clone()).unwrap()
    }
    pub fn verified(&self, from: ParticipantId, to: ParticipantId) -> Option<Verified> {
        let view = self.view(from);
        let other = view.others.into_iter().find(|o| o.id == to)?;
        match other.link {
            LinkView::Secure { verified, .. } => Some(verified),
            _ => None,
        }
    }
    pub fn secure(&self, a: ParticipantId, b: ParticipantId) -> bool {
        self.verified(a, b).is_some() && self.verified(b, a).is_some()
    }
    /// The customer's picture is 800 by 600.
    pub fn picture(&mut self) {
        self.device(CUSTOMER, DeviceEvent::PictureSize { width: 800, height: 600 });
    }
    pub fn ask(&mut self, act: Act) {
        self.command(AGENT, Command::Ask { act });
        self.run(50);
    }
    pub fn prompt(&self) -> Option<RequestId> {
        self.view(CUSTOMER).prompt.map(|p| p.request)
    }
    pub fn answer(&mut self, allow: bool, all: bool) {
        let request = self.prompt().expect("a prompt is open");
        self.command(CUSTOMER, Command::Answer { request, allow, all });
        self.run(50);
    }
    /// Asks, allows, and waits until remote input is no longer held and the hand rests.
    pub fn allow(&mut self, act: Act) {
        self.ask(act);
        self.answer(true, false);
        self.run(3_000);
    }
    pub fn send(&mut self, event: InputEvent) {
        self.command(AGENT, Command::Input { event });
    }

    // ---- the network ----
}
