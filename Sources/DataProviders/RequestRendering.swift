import CatalogueModel
import Values

/// The catalogue's expressions; Foundation has a type of that name too.
typealias Expression = CatalogueModel.Expression

extension RequestPlan {
    /// The request for those facts, at that base address. Members whose value is null are left out.
    package func request(at base: String, _ facts: CallFacts) throws(MappingFailure) -> ProviderRequest {
        let frame = Frame(facts)
        var url = base + (try Self.path(path, frame))
        let parameters = try Self.texts(query, frame)
        if !parameters.isEmpty {
            url += url.utf8.contains(UInt8(ascii: "?")) ? "&" : "?"
            url += Self.encoded(parameters)
        }
        var request = ProviderRequest(method: method, url: url, headers: try Self.texts(headers, frame))
        request.takesCutOff = takesCutOff
        let rendered = try body.rendered(facts, frame)
        request.body = rendered?.bytes
        if !request.headers.contains(where: { $0.name.utf8.count == 12 && $0.name.lowercased() == "content-type" }) {
            request.headers.append(("Content-Type", rendered?.type ?? "application/json"))
        }
        return request
    }

    static func texts(
        _ pairs: [(name: String, value: Expression)], _ frame: borrowing Frame
    ) throws(MappingFailure) -> [(name: String, value: String)] {
        var texts: [(name: String, value: String)] = []
        texts.reserveCapacity(pairs.count + 2)
        for pair in pairs {
            guard let text = try pair.value.value(in: frame).text else { continue }
            texts.append((pair.name, text))
        }
        return texts
    }

    /// `application/x-www-form-urlencoded` with `%20` for spaces, which every server reads.
    static func encoded(_ pairs: [(name: String, value: String)]) -> String {
        var bytes: [UInt8] = []
        bytes.reserveCapacity(512)
        for pair in pairs {
            if !bytes.isEmpty { bytes.append(UInt8(ascii: "&")) }
            percentEncode(pair.name, into: &bytes)
            bytes.append(UInt8(ascii: "="))
            percentEncode(pair.value, into: &bytes)
        }
        return String(decoding: bytes, as: UTF8.self)
    }

    /// A path whose variable parts hold no sign that would change its meaning; only slashes of the template stay.
    static func path(_ path: Expression, _ frame: borrowing Frame) throws(MappingFailure) -> String {
        guard case .template(let pieces) = path else {
            return percentEncoded(try path.value(in: frame).text ?? "", keeping: UInt8(ascii: "/"))
        }
        var text = ""
        for piece in pieces {
            let value = try piece.value(in: frame).text ?? ""
            if case .literal = piece {
                text += percentEncoded(value, keeping: UInt8(ascii: "/"))
            } else {
                text += percentEncoded(value)
            }
        }
        return text
    }

    /// Percent-encoding of all but unreserved signs (RFC 3986 §2.3).
    static func percentEncoded(_ text: String, keeping kept: UInt8? = nil) -> String {
        var bytes: [UInt8] = []
        percentEncode(text, keeping: kept, into: &bytes)
        return String(decoding: bytes, as: UTF8.self)
    }

    /// One byte percent-encoded, whatever it is.
    static func percentEncoded(_ byte: UInt8) -> String {
        String(decoding: [UInt8(ascii: "%"), digits[Int(byte >> 4)], digits[Int(byte & 15)]], as: UTF8.self)
    }

    private static let digits = Array("0123456789ABCDEF".utf8)

    private static func percentEncode(_ text: String, keeping kept: UInt8? = nil, into bytes: inout [UInt8]) {
        for byte in text.utf8 {
            switch byte {
            case 0x30...0x39, 0x41...0x5A, 0x61...0x7A, UInt8(ascii: "-"), UInt8(ascii: "."), UInt8(ascii: "_"),
                UInt8(ascii: "~"):
                bytes.append(byte)
            case kept: bytes.append(byte)
            default:
                bytes.append(UInt8(ascii: "%"))
                bytes.append(digits[Int(byte >> 4)])
                bytes.append(digits[Int(byte & 15)])
            }
        }
    }
}

extension RequestPlan.Body {
    /// The bytes to send and their media type; nil for none.
    func rendered(
        _ facts: CallFacts, _ frame: borrowing Frame
    ) throws(MappingFailure) -> (bytes: [UInt8], type: String)? {
        switch self {
        case .none: return nil
        case .json(let template, let keepsNulls):
            return (try template.value(on: facts, keepsNulls: keepsNulls).bytes, "application/json")
        case .form(let members):
            let text = RequestPlan.encoded(try RequestPlan.texts(members, frame))
            return (Array(text.utf8), "application/x-www-form-urlencoded")
        case .xml(let template):
            let document = try template.value(on: facts, keepsNulls: true).xml
            return (Array((#"<?xml version="1.0" encoding="UTF-8"?>"# + document).utf8), "text/xml; charset=utf-8")
        case .text(let expression): return (Array((try expression.value(on: facts).text ?? "").utf8), "text/plain")
        }
    }
}
