//! Whole sessions in a simulated network with a virtual clock.

mod acts;
mod calls;
mod chat;
mod clipboard;
mod consent;
mod control;
mod crash;
mod files;
mod join;
mod life;
mod marks;
mod monitors;
mod people;
mod programs;
mod property;
mod roles;
mod showing;
mod sim;
mod three;
mod trust;
mod wire;
