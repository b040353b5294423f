//! The pages of `docs/reference`, which are written from what the program itself knows. When it knows
//! something new, `INSTA_UPDATE=always` has them written again, as the snapshots.

use std::fmt::Write as _;
use std::path::Path;
use std::process::Command;

use hark_model::settings::catalogue::{Kind, Preset, SETTINGS, Setting};
use hark_webhooks::catalogue;
use hark_webhooks::dialects::Dialect;
use serde_json::Value;

use crate::BINARY;

mod errors;
mod figures;
mod links;

fn keep(name: &str, page: &str) {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs/reference");
    let file = folder.join(name);
    if std::env::var("INSTA_UPDATE").is_ok_and(|update| update == "always") {
        std::fs::create_dir_all(&folder).unwrap();
        std::fs::write(&file, page).unwrap();
    }
    let kept = std::fs::read_to_string(&file).unwrap_or_default();
    let differs = kept
        .lines()
        .zip(page.lines())
        .find(|(kept, now)| kept != now);
    assert!(
        kept == page,
        "docs/reference/{name} is not what the program says; INSTA_UPDATE=always writes it again. The first line that differs: {differs:?}"
    );
}

/// As it stands in a table.
fn cell(text: &str) -> String {
    text.replace('|', "\\|").replace('\n', " ")
}

fn preset(setting: &Setting) -> String {
    match setting.preset {
        Preset::Text("") => "empty".to_owned(),
        Preset::Text(text) => format!("`{}`", cell(text)),
        Preset::List([]) => "none".to_owned(),
        Preset::List(items) => format!("`{}`", items.join("`, `")),
        Preset::Bool(_) | Preset::Int(_) => format!("`{}`", setting.preset.to_json()),
    }
}

/// What a value has to be; the preset of a switch says it already.
fn values(setting: &Setting) -> String {
    let wanted = setting.wanted();
    let wanted = match setting.kind {
        Kind::Select(options) | Kind::MultiSelect(options) => format!("`{}`", options.join("`, `")),
        _ => wanted,
    };
    let sealed = if setting.secret {
        "; kept sealed, never shown again"
    } else {
        ""
    };
    cell(&format!("{wanted}{sealed}"))
}

#[test]
fn every_setting() {
    let mut page = "# Settings

Every setting, under the id by which Rocket.Chat's clients know it. Whoever has the permission `view-privileged-setting`
reads one (`GET /api/v1/settings/$ID`), whoever has `edit-privileged-setting` changes it (`POST`, with `{\"value\": …}`) and
is asked for a second factor. It holds from the next request on, on every node. A setting with an asterisk is public: anybody may
read it (`GET /api/v1/settings.public`). An environment variable of its name gives a setting its first value;
`OVERWRITE_SETTING_` before the name fixes it.

Some are changed without that permission, too: how the widget looks with `view-livechat-manager` (`livechat/appearance`, which lists
them), and the workspace's webhook with `view-livechat-manager` and `view-livechat-webhooks` together (`omnichannel/integrations`).
"
    .to_owned();
    let mut sections: Vec<(&str, &str)> = Vec::new();
    for setting in SETTINGS {
        let section = (setting.group, setting.section);
        if !sections.contains(&section) {
            sections.push(section);
        }
    }
    for section in sections {
        let title = match section {
            (group, "") => group.to_owned(),
            (group, section) => format!("{group}: {section}"),
        };
        let title = title.replace('_', " ");
        write!(
            page,
            "\n## {title}\n\n| setting | what it is for | at first | values |\n| --- | --- | --- | --- |\n"
        )
        .unwrap();
        let here = SETTINGS
            .iter()
            .filter(|setting| (setting.group, setting.section) == section);
        for setting in here {
            let public = if setting.public { " \\*" } else { "" };
            assert!(setting.meaning.ends_with('.'), "{}", setting.id);
            writeln!(
                page,
                "| `{}`{public} | {} | {} | {} |",
                setting.id,
                cell(setting.meaning),
                preset(setting),
                values(setting)
            )
            .unwrap();
        }
    }
    keep("settings.md", &page);
}

#[test]
fn every_kind_of_events() {
    let mut page = "# Events

Every kind of events that a webhook may ask for, and the body that it gets, in each dialect that has a word for it. The
chat in them is invented. An endpoint asks for kinds (`chat.closed`), families (`chat.*`) or everything (`*`). `GET
/api/hark/v1/catalogue` has the same with a JSON Schema of each body, which every body keeps to.

Bodies grow: a member may come, and a kind; none goes and none means something else. Whoever reads them passes over what they do not know.

| kind | when | `standard` | `rocketchat` | `comm100` |
| --- | --- | --- | --- | --- |
"
    .to_owned();
    let dialects = [Dialect::Standard, Dialect::RocketChat, Dialect::Comm100];
    for public in catalogue::KINDS {
        let name = public.kind.as_str();
        let told = dialects.map(|dialect| {
            if catalogue::tells(public.kind, dialect) {
                "yes"
            } else {
                ""
            }
        });
        let [standard, rocketchat, comm100] = told;
        writeln!(
            page,
            "| [`{name}`](#{}) | {} | {standard} | {rocketchat} | {comm100} |",
            name.replace('.', ""),
            public.summary
        )
        .unwrap();
    }
    for public in catalogue::KINDS {
        write!(
            page,
            "\n## {}\n\n{}.\n",
            public.kind.as_str(),
            public.summary
        )
        .unwrap();
        for dialect in dialects {
            let Some(example) = catalogue::example(public.kind, dialect) else {
                continue;
            };
            let example: Value = serde_json::from_slice(&example).unwrap();
            let example = serde_json::to_string_pretty(&example).unwrap();
            write!(
                page,
                "\n<details><summary><code>{}</code></summary>\n\n```json\n{example}\n```\n\n</details>\n",
                dialect.as_str()
            )
            .unwrap();
        }
    }
    keep("events.md", &page);
}

fn help(of: &[String]) -> String {
    let mut command = Command::new(BINARY);
    command.args(of).arg("--help").env_clear();
    String::from_utf8(command.output().unwrap().stdout).unwrap()
}

/// The commands that a help names.
fn commands(help: &str) -> Vec<String> {
    let list = help.lines().skip_while(|line| *line != "Commands:").skip(1);
    let list = list.take_while(|line| !line.is_empty());
    let names = list.filter_map(|line| {
        line.strip_prefix("  ")
            .filter(|line| !line.starts_with(' '))
    });
    let names = names.filter_map(|line| line.split_whitespace().next());
    names
        .filter(|name| *name != "help")
        .map(str::to_owned)
        .collect()
}

#[test]
fn every_command() {
    fn describe(of: &[String], page: &mut String) {
        let text = help(of);
        let title = [&["hark".to_owned()], of].concat().join(" ");
        let level = "#".repeat(2 + of.len().saturating_sub(1));
        let text: Vec<&str> = text.trim_end().lines().map(str::trim_end).collect();
        write!(
            page,
            "\n{level} {title}\n\n```text\n{}\n```\n",
            text.join("\n")
        )
        .unwrap();
        for name in commands(&text.join("\n")) {
            describe(&[of, &[name]].concat(), page);
        }
    }
    let mut page =
        "# The command line\n\nWhat `hark --help` says, and each of its commands.\n".to_owned();
    describe(&[], &mut page);
    assert!(page.contains("## hark serve") && page.contains("### hark admin backup"));
    keep("command-line.md", &page);
}
