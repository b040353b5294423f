//! The older text format of Prometheus, for those who do not ask for OpenMetrics. There the name of a counter
//! is that of its samples, and there are neither units nor an end.

/// The same as OpenMetrics says it.
pub(crate) fn classic(text: &str) -> String {
    let mut classic = String::with_capacity(text.len() + text.len() / 16);
    let mut help: Option<(&str, &str)> = None;
    for line in text.lines() {
        if let Some((name, words)) = described(line, "# HELP ") {
            help = Some((name, words));
        } else if let Some((name, kind)) = described(line, "# TYPE ") {
            let (suffix, kind) = match kind {
                "counter" => ("_total", "counter"),
                "info" => ("_info", "gauge"),
                "unknown" => ("", "untyped"),
                kind => ("", kind),
            };
            if let Some((_, words)) = help.take().filter(|(of, _)| *of == name) {
                classic += &format!("# HELP {name}{suffix} {words}\n");
            }
            classic += &format!("# TYPE {name}{suffix} {kind}\n");
        } else if !line.starts_with("# UNIT ") && line != "# EOF" {
            classic += line;
            classic.push('\n');
        }
    }
    classic
}

fn described<'l>(line: &'l str, what: &str) -> Option<(&'l str, &'l str)> {
    line.strip_prefix(what)?.split_once(' ')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn counters_are_called_as_their_samples_are() {
        let open = "# HELP hark_requests Requests answered.\n# TYPE hark_requests counter\nhark_requests_total{a=\"b\"} 3\n\
            # HELP hark_build Which.\n# TYPE hark_build info\nhark_build_info{version=\"1\"} 1\n\
            # HELP hark_age_seconds Age.\n# TYPE hark_age_seconds gauge\n# UNIT hark_age_seconds seconds\nhark_age_seconds 4\n# EOF\n";
        assert_eq!(
            classic(open),
            "# HELP hark_requests_total Requests answered.\n# TYPE hark_requests_total counter\nhark_requests_total{a=\"b\"} 3\n\
             # HELP hark_build_info Which.\n# TYPE hark_build_info gauge\nhark_build_info{version=\"1\"} 1\n\
             # HELP hark_age_seconds Age.\n# TYPE hark_age_seconds gauge\nhark_age_seconds 4\n"
        );
    }
}
