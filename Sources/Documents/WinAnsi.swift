import Foundation

/// The single-byte encoding of the standard fonts of PDF (ISO 32000-1, annex D.2).
enum WinAnsi {
    /// Signs whose code is not their Unicode number.
    private static let codes: [Unicode.Scalar: UInt8] = [
        "€": 0x80, "‚": 0x82, "ƒ": 0x83, "„": 0x84, "…": 0x85, "†": 0x86, "‡": 0x87, "ˆ": 0x88, "‰": 0x89, "Š": 0x8A,
        "‹": 0x8B, "Œ": 0x8C, "Ž": 0x8E, "‘": 0x91, "’": 0x92, "“": 0x93, "”": 0x94, "•": 0x95, "–": 0x96, "—": 0x97,
        "˜": 0x98, "™": 0x99, "š": 0x9A, "›": 0x9B, "œ": 0x9C, "ž": 0x9E, "Ÿ": 0x9F, "\u{202F}": 0xA0, "\u{2011}": 0x2D,
        "\u{2009}": 0x20, "\t": 0x20, "\n": 0x20, "\r": 0x20,
    ]

    /// The bytes of a text. A letter that the encoding lacks loses its accent; what is still unknown becomes `?`.
    static func bytes(_ text: String) -> [UInt8] {
        text.precomposedStringWithCanonicalMapping.unicodeScalars.flatMap { scalar -> [UInt8] in
            if let code = code(scalar) { return [code] }
            let bare = String(scalar).decomposedStringWithCanonicalMapping.unicodeScalars.first.flatMap(code)
            return [bare ?? UInt8(ascii: "?")]
        }
    }

    private static func code(_ scalar: Unicode.Scalar) -> UInt8? {
        if let code = codes[scalar] { return code }
        return (0x20...0x7E).contains(scalar.value) || (0xA0...0xFF).contains(scalar.value) ? UInt8(scalar.value) : nil
    }

    /// The bytes as a literal string of a content stream (ISO 32000-1 §7.3.4.2).
    static func literal(_ text: String) -> [UInt8] {
        var literal = [UInt8(ascii: "(")]
        for byte in bytes(text) {
            if byte == UInt8(ascii: "(") || byte == UInt8(ascii: ")") || byte == UInt8(ascii: "\\") {
                literal.append(UInt8(ascii: "\\"))
            }
            literal.append(byte)
        }
        return literal + [UInt8(ascii: ")")]
    }
}
