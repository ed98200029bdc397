import Values

/// Reads how one finds out whether a provider answers.
struct PingCompiler {
    let diagnostics: Diagnostics

    /// The sources declared, or, where none is, the provider as a whole judged by the calls that it answers.
    func sources(_ element: Element?, provider: String) -> [PingSource] {
        let sources = (element?.members ?? []).compactMap { member in
            member.key.text.flatMap { source($0, member.value, member.key) }
        }
        if let element, sources.isEmpty { diagnostics.error("'ping' names no source", at: element) }
        if sources.count > 1, let own = element?.members.first(where: { $0.key.text == provider })?.key {
            diagnostics.error("this name is that of the provider as a whole", at: own)
        }
        return sources.isEmpty ? [PingSource(name: provider, driver: .calls(apis: []))] : sources
    }

    private func source(_ name: String, _ element: Element, _ key: Element) -> PingSource? {
        let isPlain = name.utf8.allSatisfy {
            (0x61...0x7A).contains($0) || (0x30...0x39).contains($0) || $0 == 0x2D || $0 == 0x5F
        }
        if !isPlain { diagnostics.error("a ping's name has small letters, digits, '-' and '_' only", at: key) }
        if let call = element["call"] {
            element.allow(["call", "with"], diagnostics)
            let values = (element["with"]?.members ?? []).compactMap { member in
                member.key.text.map { (name: $0, value: member.value.json) }
            }
            return PingSource(name: name, driver: .call(operation: call.text ?? "", values: values))
        }
        if let get = element["get"] {
            element.allow(["get", "status", "timeout"], diagnostics)
            return plain(get, element).map { PingSource(name: name, driver: .request($0)) }
        }
        element.allow(["watch"], diagnostics)
        guard let watch = element["watch"] else {
            diagnostics.error("a ping wants one of call (an operation), get (an address) or watch", at: element)
            return nil
        }
        return PingSource(name: name, driver: .calls(apis: watch.text == "all" ? [] : Set(watch.texts)))
    }

    /// `{address}/path`, without variables.
    private func plain(_ get: Element, _ element: Element) -> PingSource.PlainRequest? {
        guard let text = get.text, text.hasPrefix("{"), let end = text.firstIndex(of: "}"),
            !text[text.index(after: end)...].contains("{")
        else {
            diagnostics.error("'get' starts with the name of an address in braces", at: get)
            return nil
        }
        let statuses = (element["status"]?.items ?? []).map(\.int)
        if statuses.contains(where: { $0.map { !(100..<600).contains($0) } ?? true }) {
            diagnostics.error("'status' is a status or a list of them", at: element["status"] ?? element)
        }
        return PingSource.PlainRequest(
            address: String(text[text.index(after: text.startIndex)..<end]),
            path: String(text[text.index(after: end)...]),
            statuses: statuses.isEmpty ? [200] : statuses.compactMap(\.self),
            timeout: .seconds(element["timeout"].map { CompilerContext(diagnostics).seconds($0) } ?? 5))
    }
}
