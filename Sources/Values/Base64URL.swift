import Foundation

/// Base64 in the alphabet for URLs, without padding (RFC 4648 §5).
public enum Base64URL {
    /// The bytes, or nil for a text that is not of that alphabet or that encoding never gives: bits left over must be
    /// zero (RFC 4648 §3.5), so that two texts are never one signature.
    public static func decode(_ text: some StringProtocol) -> [UInt8]? {
        var plain = Data(capacity: text.utf8.count + 3)
        for byte in text.utf8 {
            switch byte {
            case 0x30...0x39, 0x41...0x5A, 0x61...0x7A: plain.append(byte)
            case UInt8(ascii: "-"): plain.append(UInt8(ascii: "+"))
            case UInt8(ascii: "_"): plain.append(UInt8(ascii: "/"))
            default: return nil
            }
        }
        while plain.count % 4 > 0 { plain.append(UInt8(ascii: "=")) }
        guard let bytes = Data(base64Encoded: plain), bytes.base64EncodedData() == plain else { return nil }
        return Array(bytes)
    }

    /// The text of those bytes, with `=` at its end where `padded`.
    public static func encode(_ bytes: some Sequence<UInt8>, padded: Bool = false) -> String {
        let text = Data(bytes).base64EncodedData().compactMap { byte -> UInt8? in
            switch byte {
            case UInt8(ascii: "+"): UInt8(ascii: "-")
            case UInt8(ascii: "/"): UInt8(ascii: "_")
            case UInt8(ascii: "=") where !padded: nil
            default: byte
            }
        }
        return String(decoding: text, as: UTF8.self)
    }
}
