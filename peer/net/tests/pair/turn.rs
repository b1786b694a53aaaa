//! A TURN server of this machine's package, on loopback, for the test that holds it.

use std::{
    net::{TcpListener, UdpSocket},
    path::PathBuf,
    process::{Child, Command, Stdio},
    time::{Duration, Instant},
};

use deskside_protocol::api::IceServer;

pub struct Turn {
    child: Child,
    folder: PathBuf,
    pub server: IceServer,
}

impl Turn {
    /// Starts coturn and waits until it answers.
    pub fn start() -> Self {
        let port = free_port();
        let folder = std::env::temp_dir().join(format!("deskside-turn-{}-{port}", std::process::id()));
        std::fs::create_dir_all(&folder).expect("a folder for the relay");
        let file = |name: &str| folder.join(name).display().to_string();
        let config = format!(
            "listening-ip=127.0.0.1\nrelay-ip=127.0.0.1\nlistening-port={port}\nallow-loopback-peers\n\
             min-port=40000\nmax-port=48000\nrealm=test\nlt-cred-mech\nuser=tester:wordpass\nfingerprint\n\
             no-tls\nno-dtls\nno-tcp\nno-cli\nno-stdout-log\nsimple-log\nlog-file={}\npidfile={}\nuserdb={}\n",
            file("log"),
            file("pid"),
            file("db"),
        );
        std::fs::write(folder.join("turnserver.conf"), config).expect("its configuration");
        let child = Command::new("turnserver")
            .arg("-c")
            .arg(folder.join("turnserver.conf"))
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .expect("turnserver, of Debian's package coturn");
        let server = IceServer {
            urls: vec![format!("turn:127.0.0.1:{port}")],
            username: "tester".into(),
            credential: "wordpass".into(),
        };
        let turn = Self { child, folder, server };
        turn.wait(port);
        turn
    }

    /// Asks for a STUN binding (RFC 8489) until there is an answer.
    fn wait(&self, port: u16) {
        let socket = UdpSocket::bind("127.0.0.1:0").expect("a socket");
        socket.set_read_timeout(Some(Duration::from_millis(50))).expect("a time-out");
        let request = [0, 1, 0, 0, 0x21, 0x12, 0xa4, 0x42, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12];
        let until = Instant::now() + Duration::from_secs(20);
        while Instant::now() < until {
            let _ = socket.send_to(&request, ("127.0.0.1", port));
            if socket.recv(&mut [0; 256]).is_ok() {
                return;
            }
        }
        panic!("the relay does not answer");
    }
}

impl Drop for Turn {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
        let _ = std::fs::remove_dir_all(&self.folder);
    }
}

fn free_port() -> u16 {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
    listener.local_addr().expect("its address").port()
}
