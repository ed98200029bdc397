import Values

/// The news as an Atom feed (RFC 4287).
///
/// An entry is known by the address of its place on the page, which never changes; days are told at midnight UTC,
/// since the catalogue tells no hour.
struct AtomFeed {
    let title: String
    let author: String
    /// Without a closing slash.
    let publicURL: String
    /// The latest first.
    let entries: [NewsEntry]

    private static let longest = 50

    var xml: String {
        let page = "\(publicURL)/nouveautes"
        let head = [
            "<?xml version=\"1.0\" encoding=\"utf-8\"?>",
            "<feed xmlns=\"http://www.w3.org/2005/Atom\" xml:lang=\"fr\">",
            "<id>\(Self.escaped(page))</id>",
            "<title>\(Self.escaped(title))</title>",
            "<updated>\(entries.first.map { Self.instant($0.date) } ?? "1970-01-01T00:00:00Z")</updated>",
            "<author><name>\(Self.escaped(author))</name></author>",
            "<link rel=\"self\" type=\"application/atom+xml\" href=\"\(Self.escaped(page)).atom\"/>",
            "<link rel=\"alternate\" type=\"text/html\" href=\"\(Self.escaped(page))\"/>",
        ]
        return (head + entries.prefix(Self.longest).map { entry($0, page) } + ["</feed>", ""]).joined(separator: "\n")
    }

    private func entry(_ entry: NewsEntry, _ page: String) -> String {
        let id = Self.escaped("\(page)#\(entry.id)")
        return """
            <entry>
            <id>\(id)</id>
            <title>\(Self.escaped(entry.title))</title>
            <updated>\(Self.instant(entry.date))</updated>
            <link rel="alternate" type="text/html" href="\(Self.escaped(publicURL + (entry.path ?? "/nouveautes#\(entry.id)")))"/>
            <content type="text">\(Self.escaped(entry.text))</content>
            </entry>
            """
    }

    private static func instant(_ date: CivilDate) -> String { "\(date)T00:00:00Z" }

    /// Text for an element or a quoted attribute, without the characters that XML 1.0 §2.2 bars.
    static func escaped(_ text: String) -> String {
        var escaped = ""
        for scalar in text.unicodeScalars {
            switch scalar {
            case "&": escaped += "&amp;"
            case "<": escaped += "&lt;"
            case ">": escaped += "&gt;"
            case "\"": escaped += "&quot;"
            case "\t", "\n", "\r": escaped.unicodeScalars.append(scalar)
            case "\u{0}"..."\u{1F}", "\u{FFFE}", "\u{FFFF}": continue
            default: escaped.unicodeScalars.append(scalar)
            }
        }
        return escaped
    }
}
