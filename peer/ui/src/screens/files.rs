//! Files on their way: how far they are, and the way to stop them.

use deskside_session::{
    Role,
    app::AppOnly,
    command::Command,
    view::{LinkView, MovingFiles, Other, View},
};
use eframe::egui::{self, Color32, CornerRadius, Frame, Margin, RichText, Stroke, Ui, vec2};
use lucide_icons::Icon;

use super::people;
use crate::{
    cx::Cx,
    texts::clean,
    widgets::{Button, banner, card, icon, text},
    words,
};

/// Letters of a long name that are shown.
const BEGINNING: usize = 30;
const ENDING: usize = 16;

/// Files that were dropped on this window go to the customer who is helped, who is asked.
pub fn dropped(ctx: &egui::Context, cx: &Cx<'_>, view: &View) {
    let path = |f: &egui::DroppedFileHandle| f.path().to_string_lossy().into_owned();
    let paths: Vec<_> = ctx.input(|i| i.raw.dropped_files.iter().map(path).collect());
    if !paths.is_empty() && receiver(view).is_some() {
        cx.send(AppOnly::SendFiles { paths });
    }
}

/// Who would get what is dropped.
fn receiver(view: &View) -> Option<&Other> {
    let secure = |o: &&Other| matches!(o.link, LinkView::Secure { .. });
    people::helped(view).filter(|_| view.role == Role::Primary).filter(secure)
}

/// While something is dragged over the window: where it would go.
fn hovered(ui: &mut Ui, cx: &Cx<'_>, view: &View) {
    let Some(other) = receiver(view).filter(|_| ui.input(|i| !i.raw.hovered_files.is_empty())) else {
        return;
    };
    let name = cx.t.short_name(&other.name);
    card(cx).show(ui, |ui| {
        ui.set_width(ui.available_width());
        banner::note(
            ui,
            cx,
            Icon::FileUp,
            &cx.t.ta("files-drop", &[("name", (&name).into())]),
            cx.k.c.accent_text,
        );
    });
}

/// A row for each, one below the other; nothing without any.
pub fn show(ui: &mut Ui, cx: &Cx<'_>, view: &View) {
    hovered(ui, cx, view);
    if view.files.is_empty() {
        return;
    }
    card(cx).inner_margin(Margin { left: 12, right: 6, top: 6, bottom: 6 }).show(ui, |ui| {
        ui.set_width(ui.available_width());
        ui.spacing_mut().item_spacing.y = 6.0;
        for files in &view.files {
            ui.push_id(files.id, |ui| row(ui, cx, view, files));
        }
    });
}

fn row(ui: &mut Ui, cx: &Cx<'_>, view: &View, files: &MovingFiles) {
    let k = cx.k;
    let (sign, ink) = match (files.over, files.id.sends) {
        (true, _) => (Icon::CircleCheck, k.c.good),
        (false, true) => (Icon::ArrowUpRight, k.c.accent_text),
        (false, false) => (Icon::ArrowDownLeft, k.c.accent_text),
    };
    ui.horizontal(|ui| {
        ui.spacing_mut().item_spacing.x = k.space.one;
        icon(ui, cx, sign, k.size.icon, ink);
        let room = ui.available_width() - k.size.tool - k.space.one;
        ui.vertical(|ui| {
            ui.set_width(room);
            ui.spacing_mut().item_spacing.y = 2.0;
            text::elided(ui, RichText::new(name(cx, files)).color(k.c.text));
            let who = view.others.iter().find(|o| o.id == files.id.with).map(|o| cx.t.short_name(&o.name));
            text::elided(
                ui,
                RichText::new(state(cx, files, &who.unwrap_or_default())).small().color(k.c.muted),
            );
            if !files.over {
                bar(ui, cx, share(files));
            }
        });
        let words = if files.over { cx.t.t("files-close") } else { cx.t.t("files-stop") };
        let stop = Button::icon_only(cx, Icon::X, &words);
        if ui.add(stop).on_hover_text(words).clicked() {
            cx.session(Command::StopFiles { id: files.id });
        }
    });
    if files.over {
        let open =
            Button::new(cx, cx.t.t("files-open")).icon(Icon::FolderOpen).width(ui.available_width() - 6.0);
        if ui.add(open).clicked() {
            cx.send(AppOnly::OpenDownloads);
        }
    }
}

/// The first one, and how many there are beside it.
fn name(cx: &Cx<'_>, files: &MovingFiles) -> String {
    let name = clean(&files.name).into_owned();
    if files.files < 2 {
        return name;
    }
    cx.t.ta("files-first-of", &[("name", (&name).into()), ("count", files.files.into())])
}

fn state(cx: &Cx<'_>, files: &MovingFiles, who: &str) -> String {
    let (done, all) = (words::size(cx.t, files.done), words::size(cx.t, files.bytes));
    if files.over {
        return cx.t.ta("files-in-downloads", &[("size", (&all).into())]);
    }
    let args = [("name", who.into()), ("done", (&done).into()), ("all", (&all).into())];
    if files.id.sends { cx.t.ta("files-to", &args) } else { cx.t.ta("files-from", &args) }
}

fn share(files: &MovingFiles) -> f32 {
    if files.bytes == 0 { 0.0 } else { (files.done as f64 / files.bytes as f64).clamp(0.0, 1.0) as f32 }
}

fn bar(ui: &mut Ui, cx: &Cx<'_>, share: f32) {
    let (rect, response) = ui.allocate_exact_size(vec2(ui.available_width(), 6.0), egui::Sense::hover());
    let round = CornerRadius::same(3);
    ui.painter().rect(rect, round, cx.k.c.window, Stroke::new(1.0, cx.k.c.line), egui::StrokeKind::Inside);
    let full = rect.with_max_x(rect.left() + (rect.width() * share).max(6.0));
    ui.painter().rect_filled(full, round, cx.k.c.accent);
    let info = move || {
        egui::WidgetInfo::labeled(egui::Role::ProgressIndicator, true, format!("{:.0} %", share * 100.0))
    };
    response.widget_info(info);
}

/// In the question: which files, and how large.
pub fn asked(ui: &mut Ui, cx: &Cx<'_>, files: &deskside_session::view::AskedFiles) {
    let k = cx.k;
    Frame::new()
        .fill(k.c.surface)
        .stroke(Stroke::new(1.0, k.c.line))
        .corner_radius(CornerRadius::same(k.radius.card))
        .inner_margin(Margin::same(12))
        .show(ui, |ui| {
            ui.set_width(ui.available_width());
            ui.spacing_mut().item_spacing.y = k.space.half;
            // The question must fit on a small screen.
            ui.spacing_mut().interact_size.y = 20.0;
            for name in &files.names {
                let (sign, name) = match name.strip_suffix('/') {
                    Some(folder) => (Icon::Folder, folder),
                    None => (Icon::File, name.as_str()),
                };
                line(ui, cx, sign, k.c.text, &clean(name));
            }
            if files.more > 0 {
                line(
                    ui,
                    cx,
                    Icon::Ellipsis,
                    k.c.muted,
                    &cx.t.ta("files-more", &[("count", files.more.into())]),
                );
            }
            let size = words::size(cx.t, files.bytes);
            let all = cx.t.ta("files-all", &[("count", files.files.into()), ("size", (&size).into())]);
            text::small(ui, cx, all);
        });
}

fn line(ui: &mut Ui, cx: &Cx<'_>, sign: Icon, ink: Color32, words: &str) {
    ui.horizontal(|ui| {
        icon(ui, cx, sign, 18.0, cx.k.c.muted);
        text::elided(ui, RichText::new(ends_kept(words)).color(ink));
    });
}

/// A long name without its middle: the ending says what kind of file it is.
fn ends_kept(words: &str) -> String {
    let count = words.chars().count();
    if count <= BEGINNING + ENDING + 1 {
        return words.to_owned();
    }
    let beginning: String = words.chars().take(BEGINNING).collect();
    let ending: String = words.chars().skip(count - ENDING).collect();
    format!("{beginning}…{ending}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_ending_of_a_long_name_is_seen() {
        assert_eq!(ends_kept("report.pdf"), "report.pdf");
        let long = format!("{}.pdf.exe", "invoice ".repeat(12));
        assert!(
            ends_kept(&long).ends_with(".pdf.exe")
                && ends_kept(&long).chars().count() == BEGINNING + ENDING + 1
        );
    }
}
