import Foundation

/// The text in capitals without accents, ligatures nor punctuation: two spellings of one name fold alike.
func folded(_ text: String) -> String {
    if let ascii = foldedASCII(text) { return ascii }
    var plain = ""
    for scalar in text.decomposedStringWithCanonicalMapping.unicodeScalars {
        switch scalar {
        case "œ", "Œ": plain += "OE"
        case "æ", "Æ": plain += "AE"
        case "ß": plain += "SS"
        case "ø", "Ø": plain += "O"
        case "ł", "Ł": plain += "L"
        default:
            if scalar.properties.generalCategory == .nonspacingMark { continue }
            plain.unicodeScalars.append(scalar.isASCII ? scalar : " ")
        }
    }
    return foldedASCII(plain) ?? plain
}

private func foldedASCII(_ text: String) -> String? {
    var bytes: [UInt8] = []
    bytes.reserveCapacity(text.utf8.count)
    for byte in text.utf8 {
        switch byte {
        case 0x80...: return nil
        case UInt8(ascii: "a")...UInt8(ascii: "z"): bytes.append(byte - 0x20)
        case UInt8(ascii: "A")...UInt8(ascii: "Z"), UInt8(ascii: "0")...UInt8(ascii: "9"): bytes.append(byte)
        default: if bytes.last != 0x20, !bytes.isEmpty { bytes.append(0x20) }
        }
    }
    if bytes.last == 0x20 { bytes.removeLast() }
    return String(decoding: bytes, as: UTF8.self)
}
