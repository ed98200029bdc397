import NIOCore
import Testing

@testable import DataProviders

@Suite struct ByteBufferWritingTests {
    @Test(arguments: [0, 1, 20, 4096]) func `what is written is whole, whatever room was foreseen`(capacity: Int) {
        let text = String(repeating: "é", count: 700)
        let wire = ByteBuffer.written(capacity: capacity) { wire in
            wire.write("HTTP/1.1 ")
            for number in [0, 7, 10, 200, 1_234_567] { wire.write(decimal: number) }
            wire.write(text: text)
            wire.write([0x0D, 0x0A])
            wire.write("")
        }
        #expect(String(buffer: wire) == "HTTP/1.1 07102001234567" + text + "\r\n")
    }

    @Test func `nothing written is an empty buffer`() {
        #expect(ByteBuffer.written(capacity: 0) { _ in }.readableBytes == 0)
    }
}
