//! A display with several monitors that can be plugged, unplugged, moved and resized.

use std::process::{Command, Stdio};

use crate::Display;

/// Xorg with its dummy driver; `Virtual` is as large as all monitors together may become.
const CONFIG: &str = r#"
Section "ServerFlags"
    Option "AutoAddDevices" "false"
    Option "AutoEnableDevices" "false"
EndSection
Section "Device"
    Identifier "dummy"
    Driver "dummy"
    VideoRam 64000
EndSection
Section "Monitor"
    Identifier "monitor"
    HorizSync 5.0-1000.0
    VertRefresh 5.0-200.0
EndSection
Section "Screen"
    Identifier "screen"
    Device "dummy"
    Monitor "monitor"
    DefaultDepth 24
    SubSection "Display"
        Depth 24
        Modes "800x600" "640x480"
        Virtual 2400 1200
    EndSubSection
EndSection
"#;

/// The sizes that each monitor can have.
const MODES: [&str; 2] = ["800x600", "640x480"];

impl Display {
    /// A display whose one monitor is DUMMY0 of 800×600; DUMMY1 and DUMMY2 are not plugged in yet.
    #[track_caller]
    pub fn with_monitors() -> Self {
        let folder = tempfile::tempdir().expect("a folder for the display");
        let config = folder.path().join("dummy.conf");
        std::fs::write(&config, CONFIG).expect("the configuration is written");
        let mut xorg = Command::new("Xorg");
        xorg.args([
            "-displayfd",
            "1",
            "-nolisten",
            "tcp",
            "-noreset",
            "-novtswitch",
            "-sharevts",
            "-dpi",
            "96",
        ])
        .arg("-config")
        .arg(&config)
        .arg("-logfile")
        .arg(folder.path().join("log"));
        let display = Self::by(&mut xorg, folder, 800, 600, "us");
        for output in ["DUMMY1", "DUMMY2"] {
            for mode in MODES {
                display.xrandr(&["--addmode", output, mode]);
            }
        }
        display.xrandr(&["--output", "DUMMY0", "--mode", "800x600", "--primary"]);
        display
    }

    /// Changes the monitors.
    #[track_caller]
    pub fn xrandr(&self, args: &[&str]) {
        let status = self.command("xrandr").args(args).stdout(Stdio::null()).status();
        assert!(status.expect("xrandr starts").success(), "xrandr {args:?}");
    }
}
