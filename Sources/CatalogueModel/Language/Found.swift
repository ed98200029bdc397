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

    /// All of it, and the text that parts of it are found in: of a value that was made there are none.
    var whole: (text: JSONText, node: Found) {
        switch self {
        case .made(let value): (.null, .made(value))
        case .text(let text): (text, .part(.whole))
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

extension JSONText {
    /// The value of what was found in this text.
    func value(_ found: borrowing Found) -> JSON {
        switch found {
        case .made(let value): copy value
        case .part(let place): value(place)
        }
    }

    func isNull(_ found: borrowing Found) -> Bool {
        switch found {
        case .made(let value): value == .null
        case .part(let place): kind(place) == .null
        }
    }

    func isBlank(_ found: borrowing Found) -> Bool {
        switch found {
        case .made(let value): value.isBlank
        case .part(let place): isBlank(place)
        }
    }

    /// The member of that name, or the item at that place; null where there is none.
    func part(_ key: String, of found: borrowing Found) -> Found {
        switch found {
        case .made(let value): return .made(value.part(key))
        case .part(let place):
            if let member = member(key, of: place) { return .part(member) }
            guard let items = items(place), let number = Int(key), number >= 0 else { return .made(.null) }
            return items.dropFirst(number).first { _ in true }.map(Found.part) ?? .made(.null)
        }
    }

    /// The items of a list; nil for what is none.
    func items(_ found: borrowing Found) -> [Found]? {
        switch found {
        case .made(let value): value.items?.map(Found.made)
        case .part(let place): items(place)?.map(Found.part)
        }
    }

    /// Equality of the descriptors.
    func equals(_ found: borrowing Found, _ other: JSON) -> Bool {
        switch found {
        case .made(let value): value.equals(other)
        case .part(let place):
            if case .string(let text) = other, let isSame = isText(text, place) {
                isSame
            } else {
                value(place).equals(other)
            }
        }
    }
}
