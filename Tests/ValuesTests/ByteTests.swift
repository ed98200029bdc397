import Testing

@testable import Values

@Suite struct ByteTests {
    @Test func `a set of signs holds those it was made of, and no byte beyond ASCII`() {
        let set = ByteSet(0x30...0x39, 0x61...0x7A, and: "-~@")
        let wanted = Set(Array("0123456789abcdefghijklmnopqrstuvwxyz-~@".utf8))
        #expect((0...255).allSatisfy { set.contains($0) == wanted.contains($0) })
        #expect((0...255).filter { ByteSet.unreserved.contains($0) }.count == 66)
        #expect(!ByteSet(0x00...0xFF).contains(0x80) && ByteSet(0x00...0xFF).contains(0x7F))
    }

    /// Every byte at every place of a text, so that it comes in each place of a word and behind the last whole one.
    @Test func `the next sign that a JSON text must escape is found wherever it stands`() {
        for length in 0...19 {
            for place in 0..<length {
                let wrong = (UInt8.min...UInt8.max).filter { byte in
                    var bytes = [UInt8](repeating: 0x7F, count: length)
                    bytes[place] = byte
                    let mustEscape = byte < 0x20 || byte == 0x22 || byte == 0x5C
                    return bytes.withUnsafeBufferPointer { bytes in
                        bytes.endOfPlainText(from: 0) != (mustEscape ? place : length, mustEscape || byte < 0x80)
                            || bytes.endOfPlainText(from: place + 1) != (length, true)
                    }
                }
                #expect(wrong.isEmpty, "at \(place) of \(length)")
            }
        }
    }

    @Test func `of two signs to escape the first is found, and what stands behind it is not looked at`() {
        for (first, second) in [(0x1F, 0x22), (0x22, 0x00), (0x5C, 0xC3), (0x22, 0x22), (0x00, 0x5C)]
            as [(UInt8, UInt8)]
        {
            for place in 0..<15 {
                var bytes = [UInt8](repeating: 0x61, count: 16)
                (bytes[place], bytes[place + 1]) = (first, second)
                #expect(bytes.withUnsafeBufferPointer { $0.endOfPlainText(from: 0) } == (place, true))
            }
        }
    }

    @Test func `what is written piece by piece is whole, whatever room was foreseen`() {
        for capacity in [0, 1, 64, 4096] {
            var output = ByteOutput(capacity: capacity)
            for number in [0, -7, 10, .max, .min] { output.write(decimal: number) }
            output.write(text: String(repeating: "é", count: 700))
            output.write([0x0D, 0x0A])
            output.write("")
            output.write(text: "")
            for byte in UInt8.min...UInt8.max { output.write(byte) }
            let text = "0-7109223372036854775807-9223372036854775808" + String(repeating: "é", count: 700) + "\r\n"
            #expect(output.bytes == Array(text.utf8) + Array(UInt8.min...UInt8.max))
        }
    }

    @Test func `a control sign is seen wherever it stands, eight bytes being looked at at once`() {
        for first in [0x20, 0x21] as [UInt8] {
            for length in 1...24 {
                for place in 0..<length {
                    var bytes = [UInt8](repeating: 0x61, count: length)
                    let wrong = (UInt8.min...UInt8.max).filter { byte in
                        bytes[place] = byte
                        return bytes.withUnsafeBufferPointer { $0.isVisible(from: first) }
                            != (byte >= first && byte != 0x7F)
                    }
                    #expect(wrong.isEmpty, "at \(place) of \(length)")
                }
            }
        }
    }

    @Test(arguments: [0, 7, 10, 99, 1_000_000, .max, -1, .min])
    func `a number is written as Swift writes it`(number: Int) {
        #expect(String(decimal: number) == String(number))
    }

    @Test func `names are the same where their bytes are`() {
        #expect("prenoms[]".isSame(as: "prenoms[]") && !"prenoms[]".isSame(as: "prenoms"))
        #expect(!"K".isSame(as: "\u{212A}") && "K" == "\u{212A}")
    }
}
