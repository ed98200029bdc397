import CatalogueModel
import Values

/// The catalogue's expressions; Foundation has a type of that name too.
typealias Expression = CatalogueModel.Expression

extension RequestPlan {
    /// The request for those facts, at that base address. Members whose value is null are left out.
    package func request(at base: String, _ facts: CallFacts) throws(MappingFailure) -> ProviderRequest {
        let frame = Frame(facts)
        var url = ByteOutput(capacity: 512)
        url.write(text: base)
        try Self.write(path, frame, into: &url)
        try Self.write(query, frame, after: url.withWritten { $0.contains(UInt8(ascii: "?")) } ? "&" : "?", into: &url)
        var headers = try Self.texts(headers, frame)
        let rendered = try body.rendered(facts, frame)
        if !headers.contains(where: { $0.name.isSameIgnoringCase(as: "content-type") }) {
            headers.append(("Content-Type", rendered?.type ?? "application/json"))
        }
        return ProviderRequest(
            method: method, url: url.text, headers: headers, body: rendered?.bytes, takesCutOff: takesCutOff)
    }

    static func texts(
        _ pairs: [(name: String, value: Expression)], _ frame: borrowing Frame
    ) throws(MappingFailure) -> [(name: String, value: String)] {
        var texts: [(name: String, value: String)] = []
        texts.reserveCapacity(pairs.count + 2)
        let span = pairs.span
        for place in span.indices {
            guard let text = try span[place].value.text(in: frame) else { continue }
            texts.append((span[place].name, text))
        }
        return texts
    }

    /// `application/x-www-form-urlencoded` with `%20` for spaces, which every server reads.
    static func encoded(_ pairs: [(name: String, value: String)]) -> String {
        var output = ByteOutput(capacity: 256)
        for pair in pairs { write(pair.name, pair.value, after: output.count == 0 ? "" : "&", into: &output) }
        return output.text
    }

    /// Appends the pairs that have a text, in that form.
    /// - Parameter first: what stands before the first.
    fileprivate static func write(
        _ pairs: [(name: String, value: Expression)], _ frame: borrowing Frame, after first: StaticString,
        into output: inout ByteOutput
    ) throws(MappingFailure) {
        var sign = first
        let span = pairs.span
        for place in span.indices {
            guard let text = try span[place].value.text(in: frame) else { continue }
            write(span[place].name, text, after: sign, into: &output)
            sign = "&"
        }
    }

    private static func write(
        _ name: String, _ value: String, after sign: StaticString, into output: inout ByteOutput
    ) {
        output.write(sign)
        percentEncode(name, into: &output)
        output.write(UInt8(ascii: "="))
        percentEncode(value, into: &output)
    }

    /// Appends a path whose variable parts hold no sign that would change its meaning; only slashes of the template
    /// stay.
    static func write(
        _ path: Expression, _ frame: borrowing Frame, into output: inout ByteOutput
    ) throws(MappingFailure) {
        guard case .template(let pieces) = path else {
            return percentEncode(try path.text(in: frame) ?? "", keeping: UInt8(ascii: "/"), into: &output)
        }
        for piece in pieces {
            var kept: UInt8?
            if case .literal = piece { kept = UInt8(ascii: "/") }
            percentEncode(try piece.text(in: frame) ?? "", keeping: kept, into: &output)
        }
    }

    /// Percent-encoding of all but unreserved signs (RFC 3986 §2.3).
    static func percentEncoded(_ text: String) -> String {
        var output = ByteOutput(capacity: text.utf8.count * 2)
        percentEncode(text, into: &output)
        return output.text
    }

    /// One byte percent-encoded, whatever it is.
    static func percentEncoded(_ byte: UInt8) -> String {
        String(decoding: [UInt8(ascii: "%"), digits[Int(byte >> 4)], digits[Int(byte & 15)]], as: UTF8.self)
    }

    private static let digits = Array("0123456789ABCDEF".utf8)

    private static func percentEncode(_ text: String, keeping kept: UInt8? = nil, into output: inout ByteOutput) {
        let unreserved = ByteSet.unreserved
        text.withBytes { utf8 in
            let bytes = UnsafeRawBufferPointer(utf8)
            var start = 0
            for place in 0..<bytes.count where !unreserved.contains(bytes[place]) && bytes[place] != kept {
                output.write(UnsafeRawBufferPointer(rebasing: bytes[start..<place]))
                output.write(UInt8(ascii: "%"))
                output.write(digits[Int(bytes[place] >> 4)])
                output.write(digits[Int(bytes[place] & 15)])
                start = place + 1
            }
            output.write(UnsafeRawBufferPointer(rebasing: bytes[start...]))
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
            var output = ByteOutput(capacity: 512)
            try RequestPlan.write(members, frame, after: "", into: &output)
            return (output.bytes, "application/x-www-form-urlencoded")
        case .xml(let template):
            let document = try template.value(on: facts, keepsNulls: true).xml
            return (Array((#"<?xml version="1.0" encoding="UTF-8"?>"# + document).utf8), "text/xml; charset=utf-8")
        case .text(let expression): return (Array((try expression.value(on: facts).text ?? "").utf8), "text/plain")
        }
    }
}
