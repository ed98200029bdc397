import Foundation

/// Base64 in the alphabet for URLs, without padding (RFC 4648 §5).
public enum Base64URL {
    /// The bytes, or nil for a text that is not of that alphabet or that encoding never gives: bits left over must be
    /// zero (RFC 4648 §3.5), so that two texts are never one signature.
    public static func decode(_ text: some StringProtocol) -> [UInt8]? {
        guard text.utf8.allSatisfy({ isAllowed($0) }) else { return nil }
        var plain = text.replacingOccurrences(of: "-", with: "+").replacingOccurrences(of: "_", with: "/")
        plain += String(repeating: "=", count: (4 - plain.utf8.count % 4) % 4)
        guard let bytes = Data(base64Encoded: plain), encode(bytes).utf8.elementsEqual(text.utf8) else { return nil }
        return Array(bytes)
    }

    /// The text of those bytes, with `=` at its end where `padded`.
    public static func encode(_ bytes: some Sequence<UInt8>, padded: Bool = false) -> String {
        let text = Data(bytes).base64EncodedString().replacingOccurrences(of: "+", with: "-")
            .replacingOccurrences(of: "/", with: "_")
        return padded ? text : text.replacingOccurrences(of: "=", with: "")
    }

    private static func isAllowed(_ byte: UInt8) -> Bool {
        switch byte {
        case 0x30...0x39, 0x41...0x5A, 0x61...0x7A, UInt8(ascii: "-"), UInt8(ascii: "_"): true
        default: false
        }
    }
}
