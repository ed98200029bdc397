import DataProviders
import Foundation
import NIOCore
import NIOHTTP1
import Synchronization

/// What the form of an answer depends on in its request.
package struct RequestForm {
    let version: HTTPVersion
    let isHead: Bool
    let isKeepAlive: Bool

    /// That of a ``PlainRequest``.
    static let plain = RequestForm(version: .http1_1, isHead: false, isKeepAlive: true)
}

extension RequestForm {
    package init(_ head: HTTPRequestHead) {
        self.init(version: head.version, isHead: head.method == .HEAD, isKeepAlive: head.isKeepAlive)
    }
}

extension Answer {
    /// The answer as it goes over an HTTP/1 connection (RFC 9112), head and body in one buffer.
    package func wire(to request: RequestForm, closes: Bool) -> ByteBuffer {
        let headers = headers.span
        return .message(capacity: 1024, body: request.isHead ? nil : body) { wire in
            wire.write("HTTP/1.1 ")
            wire.write(decimal: status)
            wire.write(" ")
            wire.write(text: HTTPResponseStatus(statusCode: status).reasonPhrase)
            wire.write("\r\nContent-Type: ")
            wire.write(text: contentType)
            for place in headers.indices {
                wire.write("\r\n")
                wire.write(text: headers[place].name.rawValue)
                wire.write(": ")
                wire.write(text: headers[place].value)
            }
            wire.write(Self.commonLines)
            wire.write("\r\nDate: ")
            wire.write(text: HTTPDate.now)
            if closes {
                wire.write("\r\nConnection: close")
            } else if request.version == .http1_0 {
                wire.write("\r\nConnection: keep-alive")
            }
            wire.write("\r\nContent-Length: ")
            wire.write(decimal: body.count)
            wire.write("\r\n\r\n")
        }
    }
}

extension Answer {
    fileprivate static let commonLines = Array(common.map { "\r\n\($0.name.rawValue): \($0.value)" }.joined().utf8)
}

/// The present as `Date` states it (RFC 9110 §5.6.7), written once a second.
enum HTTPDate {
    private static let last = Mutex((second: 0, text: ""))

    static var now: String {
        let second = Int(Date().timeIntervalSince1970)
        return last.withLock { last in
            if last.second != second { last = (second, text(second)) }
            return last.text
        }
    }

    static func text(_ second: Int) -> String {
        var (time, parts) = (time_t(second), tm())
        gmtime_r(&time, &parts)
        // The process keeps the C locale, whose names of days and months are those of the RFC.
        return String(unsafeUninitializedCapacity: 32) { text in
            text.withMemoryRebound(to: CChar.self) {
                strftime($0.baseAddress, $0.count, "%a, %d %b %Y %H:%M:%S GMT", &parts)
            }
        }
    }
}
