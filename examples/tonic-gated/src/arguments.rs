//! The command line.

/// What to do.
pub(crate) enum Arguments {
    Help,
    Serve {
        grpc: String,
        http: String,
        from: Vec<String>,
    },
    Call(Call),
}

/// A call, to whom and as whom.
pub(crate) struct Call {
    pub(crate) to: String,
    pub(crate) key: Option<String>,
    pub(crate) what: Do,
}

pub(crate) enum Do {
    Plan,
    Create(String),
    Export(u32),
}

pub(crate) const USAGE: &str = "usage: tonic-gated serve [--grpc ADDR] [--http ADDR] [--from CIDR]..., or \
    tonic-gated call [--to URL] [--key KEY] plan | create NAME | export ROWS";

pub(crate) fn read(arguments: impl Iterator<Item = String>) -> Result<Arguments, &'static str> {
    let (mut grpc, mut http) = ("127.0.0.1:50051".to_owned(), "127.0.0.1:8080".to_owned());
    let (mut to, mut key) = ("http://127.0.0.1:50051".to_owned(), None);
    let (mut words, mut from) = (Vec::new(), Vec::new());
    let mut arguments = arguments;
    while let Some(argument) = arguments.next() {
        let mut value = || arguments.next().ok_or(USAGE);
        match argument.as_str() {
            "--help" | "-h" => return Ok(Arguments::Help),
            "--grpc" => grpc = value()?,
            "--http" => http = value()?,
            "--from" => from.push(value()?),
            "--to" => to = value()?,
            "--key" => key = Some(value()?),
            _ => words.push(argument),
        }
    }
    let what = match words.iter().map(String::as_str).collect::<Vec<_>>()[..] {
        ["serve"] => return Ok(Arguments::Serve { grpc, http, from }),
        ["call", "plan"] => Do::Plan,
        ["call", "create", name] => Do::Create(name.to_owned()),
        ["call", "export", rows] => Do::Export(rows.parse().map_err(|_| USAGE)?),
        _ => return Err(USAGE),
    };
    Ok(Arguments::Call(Call { to, key, what }))
}
