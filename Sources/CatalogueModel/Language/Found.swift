import Values

/// What is read of an answer: its text, left as it is, or a value that was made of it.
public enum Content: Sendable {
    case made(JSON)
    case text(JSONText)

    public var json: JSON {
        switch self {
        case .made(let value): value
        case .text(let text): text.value(.whole)
        }
    }

    var text: JSONText? { if case .text(let text) = self { text } else { nil } }

    var whole: Found {
        switch self {
        case .made(let value): .made(value)
        case .text: .part(.whole)
        }
    }

    /// Whether nothing was answered.
    public var isNull: Bool {
        switch self {
        case .made(let value): value == .null
        case .text(let text): text.kind(.whole) == .null
        }
    }
}

/// What an expression finds: a value that was made, or a part of the text of the provider's answer, where it stands.
enum Found: Sendable {
    case made(JSON)
    case part(JSONText.Place)
}

extension JSONText? {
    /// The value of what was found in this text.
    func value(_ found: borrowing Found) -> JSON {
        switch found {
        case .made(let value): copy value
        case .part(let place): self?.value(place) ?? .null
        }
    }

    func isNull(_ found: borrowing Found) -> Bool {
        switch found {
        case .made(let value): value == .null
        case .part(let place): self?.kind(place) == .null
        }
    }

    func isBlank(_ found: borrowing Found) -> Bool {
        switch found {
        case .made(let value): value.isBlank
        case .part(let place): self?.isBlank(place) ?? true
        }
    }

    /// The member of that name, or the item at that place; null where there is none.
    func part(_ key: String, of found: borrowing Found) -> Found {
        switch found {
        case .made(let value): return .made(value.part(key))
        case .part(let place):
            guard let self else { return .made(.null) }
            if let member = self.member(key, of: place) { return .part(member) }
            guard let items = self.items(place), let number = Int(key), number >= 0 else { return .made(.null) }
            return items.dropFirst(number).first { _ in true }.map(Found.part) ?? .made(.null)
        }
    }

    /// The items of a list; nil for what is none.
    func items(_ found: borrowing Found) -> [Found]? {
        switch found {
        case .made(let value): value.items?.map(Found.made)
        case .part(let place): self?.items(place)?.map(Found.part)
        }
    }

    /// Equality of the descriptors.
    func equals(_ found: borrowing Found, _ other: JSON) -> Bool {
        switch found {
        case .made(let value): value.equals(other)
        case .part(let place):
            if case .string(let text) = other, let isSame = self?.isText(text, place) {
                isSame
            } else {
                value(found).equals(other)
            }
        }
    }
}
