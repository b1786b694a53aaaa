//! What is kept out of the own picture: in a window of its own, which is itself in no picture, because it names what
//! is open.

use deskside_session::{
    app::AppOnly,
    hiding::{Hidden, Hiding, HidingView, OpenWindow, PRIVATE, USUAL},
    view::{Sharing, View},
};
use eframe::egui::{
    self, Align, CentralPanel, Frame, Id, Key, Layout, Margin, RichText, ScrollArea, Ui, ViewportBuilder,
    ViewportCommand, ViewportId, vec2,
};
use lucide_icons::Icon;

use crate::{
    cx::Cx,
    widgets::{Button, Look, Tone, banner, text},
};

/// How programs are written that do not call themselves so.
const WRITTEN: [(&str, &str); 18] = [
    ("1password", "1Password"),
    ("bitwarden", "Bitwarden"),
    ("buttercup", "Buttercup"),
    ("dashlane", "Dashlane"),
    ("enpass", "Enpass"),
    ("keepass", "KeePass"),
    ("keepass2", "KeePass 2"),
    ("keepassx", "KeePassX"),
    ("keepassxc", "KeePassXC"),
    ("keeweb", "KeeWeb"),
    ("kwalletmanager", "KWallet"),
    ("kwalletmanager5", "KWallet 5"),
    ("lastpass", "LastPass"),
    ("nordpass", "NordPass"),
    ("proton pass", "Proton Pass"),
    ("qtpass", "QtPass"),
    ("seahorse", "Seahorse"),
    ("secrets", "GNOME Secrets"),
];

fn is_open() -> Id {
    Id::unique("hidden windows")
}

/// The way to it, in the list of what is allowed.
pub fn button(ui: &mut Ui, cx: &Cx<'_>) {
    let button = Button::new(cx, cx.t.t("hide")).icon(Icon::EyeOff).width(ui.available_width());
    if ui.add(button).clicked() {
        open_window(ui.ctx(), cx);
    }
}

/// From the next frame on it is there.
pub fn open_window(ctx: &egui::Context, cx: &Cx<'_>) {
    ctx.data_mut(|d| d.insert_temp(is_open(), true));
    cx.send(AppOnly::ListWindows);
}

/// Says it where the system can hide nothing.
pub fn warn(ui: &mut Ui, cx: &Cx<'_>, view: &View) {
    let own = |s: &&Sharing| s.sharer == view.me && s.hiding == Hiding::Impossible;
    if view.sharing.as_ref().filter(own).is_some() {
        banner(ui, cx, Tone::Warn, &cx.t.t("hide-impossible"), &cx.t.t("hide-impossible-lead"));
    }
}

/// What to say of it beside how a sharing stands.
pub fn hint(cx: &Cx<'_>, view: &View, sharing: &Sharing) -> Option<String> {
    Some(match sharing.hiding {
        Hiding::Nothing => return None,
        Hiding::Impossible => cx.t.t("hide-impossible"),
        Hiding::Something if sharing.sharer == view.me => cx.t.t("hide-something"),
        Hiding::Something => cx.t.t("hide-seen"),
    })
}

/// Draws the window while it is open.
pub fn show(ui: &Ui, cx: &Cx<'_>, hiding: &HidingView) {
    if !ui.data(|d| d.get_temp(is_open()).unwrap_or(false)) {
        return;
    }
    let builder = ViewportBuilder::default()
        .with_title(cx.t.t("hide-window"))
        .with_app_id(PRIVATE)
        .with_inner_size(vec2(440.0, 620.0))
        .with_min_inner_size(vec2(340.0, 360.0));
    let id = ViewportId::from_hash_of("hiding");
    ui.ctx().show_viewport_immediate(id, builder, |ui, class| {
        ui.ctx().send_viewport_cmd_to(id, ViewportCommand::ContentProtected(true));
        let own = class != egui::ViewportClass::EmbeddedWindow;
        let frame = Frame::new().fill(cx.k.c.window).inner_margin(Margin::same(cx.k.space.three as i8));
        let done = CentralPanel::default().frame(frame).show(ui, |ui| content(ui, cx, hiding)).inner;
        if done
            || ui.input(|i| i.key_pressed(Key::Escape))
            || (own && ui.input(|i| i.viewport().close_requested()))
        {
            ui.data_mut(|d| d.insert_temp(is_open(), false));
        }
    });
}

/// True once it is to be closed.
fn content(ui: &mut Ui, cx: &Cx<'_>, hiding: &HidingView) -> bool {
    let k = cx.k;
    ui.set_width(ui.available_width());
    ui.spacing_mut().item_spacing.y = k.space.one;
    text::title(ui, cx, cx.t.t("hide-title"));
    text::muted(ui, cx, cx.t.t("hide-lead"));
    let foot = k.size.control + k.space.three;
    let mut hidden = hiding.hidden.clone();
    let tall = (ui.available_height() - foot).max(160.0);
    ScrollArea::vertical().max_height(tall).auto_shrink([false, true]).show(ui, |ui| {
        open(ui, cx, hiding.open.as_deref(), &mut hidden);
        ui.add_space(k.space.one);
        programs(ui, cx, &mut hidden);
    });
    if hidden != hiding.hidden {
        cx.send(AppOnly::Hide(hidden));
    }
    let close = Button::new(cx, cx.t.t("hide-close")).look(Look::Primary).width(ui.available_width());
    ui.add(close).clicked()
}

fn open(ui: &mut Ui, cx: &Cx<'_>, windows: Option<&[OpenWindow]>, hidden: &mut Hidden) {
    ui.horizontal(|ui| {
        text::strong(ui, cx, cx.t.t("hide-open"));
        ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
            let words = cx.t.t("hide-refresh");
            if ui.add(Button::icon_only(cx, Icon::RefreshCw, &words)).on_hover_text(words).clicked() {
                cx.send(AppOnly::ListWindows);
            }
        });
    });
    let none = match windows {
        None => Some(cx.t.t("hide-open-unknown")),
        Some([]) => Some(cx.t.t("hide-open-none")),
        Some(_) => None,
    };
    if let Some(none) = none {
        text::muted(ui, cx, none);
    }
    windows.into_iter().flatten().for_each(|w| window(ui, cx, w, hidden));
}

fn window(ui: &mut Ui, cx: &Cx<'_>, window: &OpenWindow, hidden: &mut Hidden) {
    let k = cx.k;
    let with_program = hidden.names(&window.program);
    let mut on = with_program || hidden.windows.contains(&window.id);
    let title = if window.title.is_empty() { cx.t.name(&window.program) } else { cx.t.name(&window.title) };
    let program = cx.t.name(&window.program);
    let row = |ui: &mut Ui| {
        if with_program {
            text::small(ui, cx, cx.t.ta("hide-with-program", &[("program", (&program).into())]));
        } else if !program.is_empty() {
            let words = cx.t.ta("hide-all-of", &[("program", (&program).into())]);
            if ui.add(Button::new(cx, words).tool().look(Look::Secondary)).clicked() {
                hidden.programs.push(window.program.to_lowercase());
            }
        }
        ui.with_layout(Layout::left_to_right(Align::Center), |ui| {
            let check = egui::Checkbox::new(&mut on, RichText::new(title).color(k.c.text));
            if ui.add_enabled(!with_program, check).changed() {
                hidden.windows.retain(|w| *w != window.id);
                hidden.windows.extend(on.then_some(window.id));
            }
        });
    };
    ui.push_id(window.id, |ui| {
        ui.horizontal(|ui| ui.with_layout(Layout::right_to_left(Align::Center), row));
    });
}

fn programs(ui: &mut Ui, cx: &Cx<'_>, hidden: &mut Hidden) {
    text::strong(ui, cx, cx.t.t("hide-programs"));
    text::small(ui, cx, cx.t.t("hide-programs-lead"));
    let own = hidden.programs.iter().filter(|p| !USUAL.contains(&p.as_str())).cloned();
    let all: Vec<String> = own.chain(USUAL.map(str::to_owned)).collect();
    for program in all {
        let mut on = hidden.programs.contains(&program);
        let words = WRITTEN.iter().find(|(name, _)| *name == program).map_or(program.as_str(), |(_, w)| *w);
        if ui.checkbox(&mut on, RichText::new(cx.t.name(words)).color(cx.k.c.text)).changed() {
            hidden.programs.retain(|p| *p != program);
            hidden.programs.extend(on.then_some(program));
        }
    }
}
