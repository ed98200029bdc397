import NIOCore
import Testing

@testable import DataProviders

@Suite struct ByteBufferWritingTests {
    @Test(arguments: [0, 1, 20, 4096]) func `a message is whole, whatever room was foreseen`(capacity: Int) {
        let text = String(repeating: "é", count: 700)
        let message = ByteBuffer.message(capacity: capacity, body: Array("corps".utf8)) { head in
            head.write("HTTP/1.1 ")
            head.write(decimal: 200)
            head.write(text: text)
            head.write("\r\n")
        }
        #expect(String(buffer: message) == "HTTP/1.1 200" + text + "\r\ncorps")
    }

    @Test func `nothing written is an empty buffer`() {
        #expect(ByteBuffer.message(capacity: 0, body: nil) { _ in }.readableBytes == 0)
    }
}
