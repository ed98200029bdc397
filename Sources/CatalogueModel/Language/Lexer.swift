/// Cuts an expression into its signs.
struct Lexer {
    enum Token: Equatable {
        case name(String)
        case fact(String)
        case quoted(String)
        case integer(Int)
        case symbol(String)
    }

    struct Fault: Error { let message: String }

    /// A longer one before those that start it.
    private static let symbols = ["??", "!=", "=", "<=", ">=", "<", ">", "|", "(", ")", "[", "]", ",", "."]

    static func tokens(of text: String) throws(Fault) -> [Token] {
        var tokens: [Token] = []
        var rest = Substring(text)
        while let character = rest.first {
            if character == " " {
                rest.removeFirst()
            } else if character == "'" {
                tokens.append(.quoted(try quoted(&rest)))
            } else if character == "@" {
                rest.removeFirst()
                tokens.append(.fact(word(&rest)))
            } else if isWord(character) {
                let word = word(&rest)
                tokens.append(Int(word).map(Token.integer) ?? .name(word))
            } else if let symbol = symbols.first(where: { rest.hasPrefix($0) }) {
                tokens.append(.symbol(symbol))
                rest.removeFirst(symbol.count)
            } else {
                throw Fault(message: "unexpected sign '\(character)' in '\(text)'")
            }
        }
        return tokens
    }

    private static func isWord(_ character: Character) -> Bool {
        character.isLetter || character.isNumber || character == "_" || character == "-"
    }

    private static func word(_ rest: inout Substring) -> String {
        let word = rest.prefix { isWord($0) || $0 == "." || $0 == ":" }
        rest.removeFirst(word.count)
        return String(word)
    }

    /// A quoted text; two quotes inside stand for one.
    private static func quoted(_ rest: inout Substring) throws(Fault) -> String {
        rest.removeFirst()
        var text = ""
        while let character = rest.popFirst() {
            guard character == "'" else {
                text.append(character)
                continue
            }
            guard rest.first == "'" else { return text }
            rest.removeFirst()
            text.append("'")
        }
        throw Fault(message: "a quote is not closed")
    }
}
