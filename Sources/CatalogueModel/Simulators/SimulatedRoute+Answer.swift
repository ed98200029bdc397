import Values

extension SimulatedRoute {
    /// Names that a route's expressions may use besides the facts of any call.
    static let slots = ["query", "path", "form", "user", "password", "base", "issued", "document64"]

    /// The values of the path's variables; nil where the path is another.
    public func variables(_ path: String) -> [JSON.Member]? {
        let parts = path.split(separator: "/", omittingEmptySubsequences: false)
        guard parts.count == segments.count else { return nil }
        var members: [JSON.Member] = []
        for (pattern, part) in zip(segments, parts) {
            if pattern.hasPrefix("{") {
                guard !part.isEmpty else { return nil }
                members.append(JSON.Member(String(pattern.dropFirst().dropLast()), .string(String(part))))
            } else if pattern != part {
                return nil
            }
        }
        return members
    }

    /// The facts of a request.
    /// - Parameter issued: a new token, for routes that issue one.
    public func facts(
        _ request: SimulatedRequest, variables: [JSON.Member], issued: String, clock: WallClock
    ) -> CallFacts {
        func object(_ pairs: [(name: String, value: String)]) -> JSON {
            let names = pairs.map(\.name).reduce(into: [String]()) { if !$0.contains($1) { $0.append($1) } }
            return .object(
                names.map { name in
                    let values = pairs.filter { $0.name == name }.map { JSON.string($0.value) }
                    return JSON.Member(name, values.count == 1 && !name.hasSuffix("[]") ? values[0] : .array(values))
                })
        }
        var facts = CallFacts(
            parameters: [
                object(request.query), .object(variables), object(request.form), .from(request.user),
                .from(request.password), .string(request.base), .string(issued), nil,
            ], recipient: nil, requestID: "", tokenID: "", organisation: "", version: 0, clock: clock,
            publicURL: request.base, settings: { _ in nil })
        facts.content = format.read(request.body)
        facts.bytes = request.body
        facts.headers = HeaderList(request.headers)
        return facts
    }

    /// True where the request shows what is wanted.
    /// - Parameters:
    ///   - acceptsToken: tells a good token.
    ///   - acceptsClient: tells the good client, by its identifier (nil: not shown) and its secret.
    ///   - acceptsAssertion: tells a message that holds a good assertion.
    public func admits(
        _ facts: CallFacts, acceptsToken: (String) -> Bool, acceptsClient: (String?, String) -> Bool,
        acceptsAssertion: (String) -> Bool
    ) -> Bool {
        switch credential {
        case nil: return true
        case .assertion: return acceptsAssertion(facts.text)
        case .token(let header):
            var text = facts.headers[header] ?? ""
            if header == "authorization" {
                guard text.lowercased().hasPrefix("bearer ") else { return false }
                text = String(text.dropFirst(7))
            }
            return acceptsToken(text)
        case .secret(let user, let secret):
            guard let shown = (try? secret.value(on: facts))?.text else { return false }
            guard let user else { return acceptsClient(nil, shown) }
            return (try? user.value(on: facts))?.text.map { acceptsClient($0, shown) } ?? false
        }
    }

    /// By what the population is searched; blank fields are left out.
    public func search(_ facts: CallFacts) -> [String: JSON] {
        var fields: [String: JSON] = [:]
        for field in subject?.fields ?? [] {
            if let value = try? field.value.value(on: facts), !value.isBlank { fields[field.name] = value }
        }
        return fields
    }

    public func unauthorizedReply(_ facts: CallFacts) throws(MappingFailure) -> SimulatedReply {
        try unauthorized.reply(Frame(facts: facts, node: .null), nil)
    }

    public func absentReply(_ facts: CallFacts) throws(MappingFailure) -> SimulatedReply {
        try absent.reply(Frame(facts: facts, node: .null), nil)
    }

    /// The answer on that subject: the first whose condition holds, or that of an absent subject.
    /// - Parameter encoded: lays out a document, as base64.
    public func reply(
        _ facts: CallFacts, about node: JSON, encoded: ([[String]]) -> String
    ) throws(MappingFailure) -> SimulatedReply {
        var frame = Frame(facts: facts, node: node)
        for expression in lets { frame.lets.append(try expression.found(in: frame)) }
        var pages: [[String]]?
        if let document {
            let laid = try document.value(in: frame, true).items ?? []
            pages = laid.map { page in (page.items ?? [page]).map { $0.text ?? "" } }
            var facts = facts
            facts.parameters[Self.slots.count - 1] = .string(encoded(pages ?? []))
            frame = Frame(facts: facts, node: node, lets: frame.lets)
        }
        for answer in answers where try answer.condition?.holds(in: frame) ?? true {
            return try answer.reply(frame, pages)
        }
        return try absent.reply(frame, nil)
    }
}

extension SimulatedAnswer {
    func reply(_ frame: borrowing Frame, _ pages: [[String]]?) throws(MappingFailure) -> SimulatedReply {
        var fields: [(name: String, value: String)] = []
        for header in headers {
            if let text = try header.value.text(in: frame) { fields.append((header.name, text)) }
        }
        return SimulatedReply(status: status, headers: fields, body: try rendered(frame, pages))
    }

    private func rendered(
        _ frame: borrowing Frame, _ pages: [[String]]?
    ) throws(MappingFailure) -> SimulatedReply.Body {
        switch body {
        case .none: return .none
        case .json(let template):
            return .bytes(try template.value(in: frame, true).bytes, type: "application/json; charset=utf-8")
        case .xml(let template):
            let text = #"<?xml version="1.0" encoding="UTF-8"?>"# + (try template.value(in: frame, true).xml)
            return .bytes(Array(text.utf8), type: "text/xml; charset=utf-8")
        case .text(let expression):
            return .bytes(Array((try expression.text(in: frame) ?? "").utf8), type: "text/plain; charset=utf-8")
        case .document: return .document(pages ?? [])
        }
    }
}
