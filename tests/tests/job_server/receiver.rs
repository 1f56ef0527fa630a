//! A receiver of webhooks, which answers what it is told to.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::sync::Arc;
use std::sync::atomic::{AtomicU16, Ordering};
use std::sync::mpsc::{Receiver as Channel, Sender, channel};

use entitlements_tests::wire::PATIENCE;
use serde_json::Value;

pub(crate) struct Receiver {
    address: SocketAddr,
    status: Arc<AtomicU16>,
    received: Channel<Received>,
}

/// One request.
pub(crate) struct Received {
    pub(crate) headers: Vec<(String, String)>,
    pub(crate) body: String,
}

impl Received {
    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        let mut headers = self.headers.iter();
        headers.find_map(|(other, value)| (other == name).then_some(value.as_str()))
    }

    pub(crate) fn json(&self) -> Value {
        serde_json::from_str(&self.body).unwrap()
    }
}

impl Receiver {
    pub(crate) fn answering(status: u16) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = listener.local_addr().unwrap();
        let (sender, received) = channel();
        let status = Arc::new(AtomicU16::new(status));
        let answer = Arc::clone(&status);
        std::thread::spawn(move || {
            for socket in listener.incoming().map_while(Result::ok) {
                let _ = serve(socket, answer.load(Ordering::SeqCst), &sender);
            }
        });
        Self {
            address,
            status,
            received,
        }
    }

    /// From now on it answers this.
    pub(crate) fn answer(&self, status: u16) {
        self.status.store(status, Ordering::SeqCst);
    }

    pub(crate) fn url(&self) -> String {
        format!("http://{}/hook", self.address)
    }

    pub(crate) fn next(&self) -> Received {
        self.received
            .recv_timeout(PATIENCE)
            .expect("a webhook comes in time")
    }
}

fn serve(mut socket: TcpStream, status: u16, sender: &Sender<Received>) -> std::io::Result<()> {
    let mut reader = BufReader::new(socket.try_clone()?);
    let mut headers = Vec::new();
    let mut line = String::new();
    reader.read_line(&mut line)?;
    loop {
        line.clear();
        reader.read_line(&mut line)?;
        let Some((name, value)) = line.trim().split_once(':') else {
            break;
        };
        headers.push((name.to_ascii_lowercase(), value.trim().to_owned()));
    }
    let length = headers.iter().find(|(name, _)| name == "content-length");
    let mut body = vec![0; length.map_or(0, |(_, length)| length.parse().unwrap())];
    reader.read_exact(&mut body)?;
    write!(
        socket,
        "HTTP/1.1 {status} X\r\nconnection: close\r\ncontent-length: 0\r\n\r\n"
    )?;
    let body = String::from_utf8(body).unwrap();
    let _ = sender.send(Received { headers, body });
    Ok(())
}
