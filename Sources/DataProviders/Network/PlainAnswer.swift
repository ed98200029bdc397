import CatalogueModel
import Values

extension ProviderResponse {
    /// An answer as nearly all are: read whole, its body as long as its head says, and nothing in it that would change
    /// that or what becomes of the connection. Nil for any other, which is left to the library's parser.
    init?(plain bytes: UnsafeRawBufferPointer) {
        var reader = HeadReader(bytes)
        guard reader.skip("HTTP/1.1 "), let line = reader.line(), let status = Self.status(line) else { return nil }
        var (headers, length) = (HeaderList(capacity: 8), Int?.none)
        while true {
            switch reader.field() {
            case .doubtful: return nil
            case .end:
                guard let length, reader.rest.count == length else { return nil }
                self.init(status: status, headers: headers, body: Array(reader.rest))
                return
            case .field(let name, let value):
                if name.isName("content-length") {
                    guard length == nil, let number = Self.number(value) else { return nil }
                    length = number
                } else if !Self.isPlain(name, value) {
                    return nil
                }
                headers.append(name.text, value.text)
            }
        }
    }

    /// The status of a line's rest: three digits, of an answer that has a body.
    private static func status(_ line: UnsafeRawBufferPointer) -> Int? {
        guard line.count >= 3, line.count == 3 || line[3] == 0x20,
            let status = number(UnsafeRawBufferPointer(rebasing: line[..<3])), (200...599).contains(status),
            status != 204, status != 304
        else { return nil }
        return status
    }

    /// At most seven digits: more is not read at once.
    private static func number(_ text: UnsafeRawBufferPointer) -> Int? {
        guard (1...7).contains(text.count) else { return nil }
        var number = 0
        for byte in text {
            guard (0x30...0x39).contains(byte) else { return nil }
            number = number * 10 + Int(byte - 0x30)
        }
        return number
    }

    /// Whether a field leaves the answer and its connection what they seem to be.
    private static func isPlain(_ name: UnsafeRawBufferPointer, _ value: UnsafeRawBufferPointer) -> Bool {
        switch name.count {
        case 7: !name.isName("upgrade") && !name.isName("trailer")
        case 10: !name.isName("connection") || value.isName("keep-alive")
        case 16: !name.isName("content-encoding") && !name.isName("proxy-connection")
        case 17: !name.isName("transfer-encoding")
        default: true
        }
    }
}
