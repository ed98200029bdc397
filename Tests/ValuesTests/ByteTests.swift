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
                        bytes.placeToEscape(from: 0) != (mustEscape ? place : nil)
                            || bytes.placeToEscape(from: place + 1) != nil || bytes.isASCII != (byte < 0x80)
                    }
                }
                #expect(wrong.isEmpty, "at \(place) of \(length)")
            }
        }
    }

    @Test func `names are the same where their bytes are`() {
        #expect("prenoms[]".isSame(as: "prenoms[]") && !"prenoms[]".isSame(as: "prenoms"))
        #expect(!"K".isSame(as: "\u{212A}") && "K" == "\u{212A}")
    }
}
