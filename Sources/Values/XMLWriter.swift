extension JSON {
    /// The value as XML text, by the convention of ``XMLReader``: `_name` is an attribute, `_text` the text, a list
    /// as many elements, null an empty element. Names may hold a namespace's prefix, as `soap:Body`.
    public var xml: String {
        var text = ""
        for member in members ?? [] { Self.write(member.key, member.value, &text) }
        return text
    }

    private static func write(_ name: String, _ value: JSON, _ text: inout String) {
        if let items = value.items {
            for item in items { write(name, item, &text) }
            return
        }
        text += "<" + name
        let members = value.members ?? []
        for member in members where member.key.hasPrefix("_") && member.key != "_text" {
            guard let content = member.value.text else { continue }
            text += " " + member.key.dropFirst() + "=\"" + escaped(content) + "\""
        }
        text += ">"
        if let content = value.text ?? value["_text"]?.text { text += escaped(content) }
        for member in members where !member.key.hasPrefix("_") { write(member.key, member.value, &text) }
        text += "</" + name + ">"
    }

    /// Text with the five signs that XML reserves written as references.
    static func escaped(_ text: String) -> String {
        var result = ""
        for character in text {
            switch character {
            case "&": result += "&amp;"
            case "<": result += "&lt;"
            case ">": result += "&gt;"
            case "\"": result += "&quot;"
            case "'": result += "&apos;"
            default: result.append(character)
            }
        }
        return result
    }
}
