use std::net::{TcpListener, TcpStream};
use std::os::unix::fs::{MetadataExt, PermissionsExt, chown};
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::atomic::{AtomicUsize, Ordering};

use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use tempfile::TempDir;

use crate::eventually;

/// An IMAP server of our own, Dovecot, with the one mailbox of `help` and its certificate of `localhost`.
pub struct ImapServer {
    folder: TempDir,
    running: Option<Child>,
    port: u16,
    secure_port: u16,
    delivered: AtomicUsize,
    certificate: Vec<u8>,
    key: Vec<u8>,
}

/// Who may open the mailbox.
const NAME: &str = "help";
const PASSWORD: &str = "secret-of-help";
/// Where the server runs as root, which reads no mail.
const NOBODY: u32 = 65_534;

impl ImapServer {
    pub fn open() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path();
        std::fs::set_permissions(path, std::fs::Permissions::from_mode(0o711)).unwrap();
        let own = std::fs::metadata(path).unwrap().uid();
        let (uid, gid) = match own {
            0 => (NOBODY, NOBODY),
            own => (own, std::fs::metadata(path).unwrap().gid()),
        };
        for part in ["", "cur", "new", "tmp"] {
            let part = path.join("mail").join(NAME).join(part);
            std::fs::create_dir_all(&part).unwrap();
            chown(&part, Some(uid), Some(gid)).unwrap();
        }
        std::fs::write(path.join("users"), format!("{NAME}:{{PLAIN}}{PASSWORD}\n")).unwrap();
        let names = ["localhost".to_owned(), "127.0.0.1".to_owned()];
        let made = rcgen::generate_simple_self_signed(names).unwrap();
        let certificate = pem("CERTIFICATE", made.cert.der());
        std::fs::write(path.join("certificate.pem"), certificate).unwrap();
        let key = pem("PRIVATE KEY", &made.signing_key.serialize_der());
        std::fs::write(path.join("key.pem"), key).unwrap();
        let free = || {
            let listener = TcpListener::bind("127.0.0.1:0").unwrap();
            (listener.local_addr().unwrap().port(), listener)
        };
        let ((port, one), (secure_port, other)) = (free(), free());
        drop((one, other));
        let users = match own {
            0 => "default_internal_user = dovecot\ndefault_internal_group = dovecot\ndefault_login_user = dovenull\n".to_owned(),
            _ => {
                let (user, group) = (id("-un"), id("-gn"));
                format!("default_internal_user = {user}\ndefault_internal_group = {group}\ndefault_login_user = {user}\n")
            }
        };
        let at = path.display();
        let settings = format!(
            "protocols = imap\nlisten = 127.0.0.1\nbase_dir = {at}/run\nstate_dir = {at}/state\nlog_path = {at}/log\n\
             ssl = yes\nssl_cert = <{at}/certificate.pem\nssl_key = <{at}/key.pem\n\
             disable_plaintext_auth = no\nauth_failure_delay = 0\nfirst_valid_uid = 1\n\
             mail_location = maildir:{at}/mail/%u\n{users}\
             passdb {{\n driver = passwd-file\n args = {at}/users\n}}\n\
             userdb {{\n driver = static\n args = uid={uid} gid={gid} home={at}/mail/%u\n}}\n\
             service imap-login {{\n chroot =\n inet_listener imap {{\n port = {port}\n }}\n\
             inet_listener imaps {{\n port = {secure_port}\n ssl = yes\n }}\n}}\n\
             service anvil {{\n chroot =\n unix_listener anvil-auth-penalty {{\n mode = 0\n }}\n}}\n"
        );
        std::fs::write(path.join("dovecot.conf"), settings).unwrap();
        let mut server = Self {
            folder,
            running: None,
            port,
            secure_port,
            delivered: AtomicUsize::new(0),
            certificate: made.cert.der().to_vec(),
            key: made.signing_key.serialize_der(),
        };
        server.start();
        server
    }

    pub fn start(&mut self) {
        let program = ["/usr/sbin/dovecot", "/usr/local/sbin/dovecot"];
        let program = program.iter().find(|path| Path::new(path).exists());
        let program = program.expect("Dovecot, which ./test installs (the package dovecot-imapd)");
        let running = Command::new(program)
            .arg("-F")
            .arg("-c")
            .arg(self.folder.path().join("dovecot.conf"))
            .process_group(0)
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn();
        self.running = Some(running.unwrap());
        eventually("the IMAP server", || {
            TcpStream::connect(("127.0.0.1", self.port)).ok()
        });
    }

    /// At once, with all that it has started: in order it would take a while for those who wait for mails.
    pub fn stop(&mut self) {
        if let Some(mut running) = self.running.take() {
            let all = format!("-{}", running.id());
            let killed = Command::new("kill").args(["-KILL", "--", &all]).status();
            killed.unwrap();
            running.wait().unwrap();
        }
    }

    /// Where it speaks in the clear, and begins TLS when it is asked to.
    pub const fn port(&self) -> u16 {
        self.port
    }

    /// Where it speaks TLS only.
    pub const fn secure_port(&self) -> u16 {
        self.secure_port
    }

    pub const fn username(&self) -> &'static str {
        NAME
    }

    pub const fn password(&self) -> &'static str {
        PASSWORD
    }

    /// The file of its certificate.
    pub fn certificate(&self) -> PathBuf {
        self.folder.path().join("certificate.pem")
    }

    /// What is in it.
    pub fn certificate_bytes(&self) -> Vec<u8> {
        self.certificate.clone()
    }

    /// The key of its certificate, for another server of the same name.
    pub fn key_bytes(&self) -> Vec<u8> {
        self.key.clone()
    }

    /// A mail comes, written with `\n` at the end of lines.
    pub fn deliver(&self, mail: &str) {
        let number = self.delivered.fetch_add(1, Ordering::Relaxed);
        let mailbox = self.folder.path().join("mail").join(NAME);
        let name = format!("{number}.test");
        let unfinished = mailbox.join("tmp").join(&name);
        std::fs::write(&unfinished, mail.replace('\n', "\r\n")).unwrap();
        std::fs::set_permissions(&unfinished, std::fs::Permissions::from_mode(0o644)).unwrap();
        std::fs::rename(&unfinished, mailbox.join("new").join(&name)).unwrap();
    }

    /// All mails get other numbers, as after a mailbox was restored.
    pub fn number_anew(&mut self) {
        self.stop();
        let mailbox = self.folder.path().join("mail").join(NAME);
        for entry in std::fs::read_dir(&mailbox).unwrap() {
            let entry = entry.unwrap();
            if entry.file_name().to_string_lossy().starts_with("dovecot") {
                std::fs::remove_file(entry.path()).unwrap();
            }
        }
        // Otherwise the time of day decides, in seconds.
        let list = mailbox.join("dovecot-uidlist");
        std::fs::write(&list, "3 V1234567 N1\n").unwrap();
        let owner = std::fs::metadata(&mailbox).unwrap();
        chown(&list, Some(owner.uid()), Some(owner.gid())).unwrap();
        self.start();
    }
}

impl Drop for ImapServer {
    fn drop(&mut self) {
        self.stop();
    }
}

fn id(what: &str) -> String {
    let shown = Command::new("id").arg(what).output().unwrap().stdout;
    String::from_utf8(shown).unwrap().trim().to_owned()
}

fn pem(what: &str, bytes: &[u8]) -> String {
    let letters = BASE64_STANDARD.encode(bytes);
    let lines = letters.as_bytes().chunks(64).map(String::from_utf8_lossy);
    let lines: Vec<_> = lines.collect();
    format!(
        "-----BEGIN {what}-----\n{}\n-----END {what}-----\n",
        lines.join("\n")
    )
}
