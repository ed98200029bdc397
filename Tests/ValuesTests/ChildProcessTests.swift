import Testing
import Values

struct ChildProcessTests {
    @Test func `what goes in comes out, however long`() {
        let bytes = (0..<3_000_000).map { UInt8(truncatingIfNeeded: $0 &* 31) }
        #expect(ChildProcess.output("/bin/cat", [], input: bytes) == bytes)
        #expect(ChildProcess.output("/bin/sh", ["-c", "printf bonjour"]) == Array("bonjour".utf8))
    }

    @Test func `a program that is missing, fails or does not listen gives nothing, and breaks nothing`() {
        #expect(ChildProcess.output("/nowhere/tool", []) == nil)
        #expect(ChildProcess.output("/bin/sh", ["-c", "exit 3"]) == nil)
        let long = [UInt8](repeating: 1, count: 2_000_000)
        #expect(ChildProcess.output("/bin/sh", ["-c", "exec 0<&-; exit 0"], input: long) == [])
    }
}
