import Foundation

/// A name as names are compared: words in lower case, without accents, hyphens or apostrophes, `st` written `saint`.
struct FoldedName: Sendable, Hashable {
    let words: [String]
    var text: String { words.joined(separator: " ") }

    init(_ name: String) {
        var words: [String] = []
        var word = ""
        func close() {
            if !word.isEmpty { words.append(Self.abbreviations[word] ?? word) }
            word = ""
        }
        for scalar in name.decomposedStringWithCanonicalMapping.unicodeScalars {
            switch scalar {
            case "a"..."z", "0"..."9": word.unicodeScalars.append(scalar)
            case "A"..."Z": word.unicodeScalars.append(Unicode.Scalar(UInt8(scalar.value) + 0x20))
            case "\u{300}"..."\u{36F}": continue
            case "œ", "Œ": word += "oe"
            case "æ", "Æ": word += "ae"
            default: close()
            }
        }
        close()
        self.words = words
    }

    private static let abbreviations = ["st": "saint", "ste": "sainte", "sts": "saints", "stes": "saintes"]
    private static let articles: Set = ["le", "la", "les", "l", "los", "las", "aux"]

    /// The text without the article that it begins with; nil where it begins with none.
    var withoutArticle: String? {
        guard words.count > 1, Self.articles.contains(words[0]) else { return nil }
        return words.dropFirst().joined(separator: " ")
    }
}
