import CatalogueModel
import Values

extension ProviderResponse {
    /// An answer as nearly all are: read whole, its body as long as its head says, and nothing in it that would change
    /// that or what becomes of the connection. Nil for any other, which is left to the library's parser.
    init?(plain bytes: Span<UInt8>) {
        var reader = HeadReader()
        guard reader.skip("HTTP/1.1 ", in: bytes), let line = reader.line(in: bytes),
            let status = Self.status(line, in: bytes)
        else { return nil }
        var (places, length) = ([HeaderList.Place](), Int?.none)
        places.reserveCapacity(8)
        while true {
            switch reader.field(in: bytes) {
            case .doubtful: return nil
            case .end:
                guard let length, bytes.count - reader.place == length else { return nil }
                let headers = HeaderList(text: bytes.slice(0..<reader.place) { Array($0) }, places: places)
                self.init(status: status, headers: headers, body: bytes.slice(reader.place..<bytes.count) { Array($0) })
                return
            case .field(let name, let value):
                if bytes.isName(name, "content-length") {
                    guard length == nil, let number = Self.number(value, in: bytes) else { return nil }
                    length = number
                } else if !Self.isPlain(name, value, in: bytes) {
                    return nil
                }
                places.append(HeaderList.Place(name: name, value: value))
            }
        }
    }

    /// The status of a line's rest: three digits, of an answer that has a body.
    private static func status(_ line: Range<Int>, in bytes: Span<UInt8>) -> Int? {
        guard line.count >= 3, line.count == 3 || bytes[line.lowerBound + 3] == 0x20,
            let status = number(line.prefix(3), in: bytes), (200...599).contains(status), status != 204, status != 304
        else { return nil }
        return status
    }

    /// At most seven digits: more is not read at once.
    private static func number(_ digits: Range<Int>, in bytes: Span<UInt8>) -> Int? {
        guard (1...7).contains(digits.count) else { return nil }
        var number = 0
        for place in digits {
            guard (0x30...0x39).contains(bytes[place]) else { return nil }
            number = number * 10 + Int(bytes[place] - 0x30)
        }
        return number
    }

    /// Whether a field leaves the answer and its connection what they seem to be.
    private static func isPlain(_ name: Range<Int>, _ value: Range<Int>, in bytes: Span<UInt8>) -> Bool {
        switch name.count {
        case 7: !bytes.isName(name, "upgrade") && !bytes.isName(name, "trailer")
        case 10: !bytes.isName(name, "connection") || bytes.isName(value, "keep-alive")
        case 16: !bytes.isName(name, "content-encoding") && !bytes.isName(name, "proxy-connection")
        case 17: !bytes.isName(name, "transfer-encoding")
        default: true
        }
    }
}
