import Foundation
import Logging
import Synchronization
import Testing

@testable import Operations

@Suite struct LogTests {
    /// Keeps the lines, and lets a test hold the reader of the log back.
    private final class Reader: Sendable {
        private let text = Mutex("")
        private let gate = Mutex(())

        var lines: [String] { text.withLock { $0.split(separator: "\n").map(String.init) } }

        func take(_ bytes: [UInt8]) {
            gate.withLock { _ in text.withLock { $0 += String(decoding: bytes, as: UTF8.self) } }
        }

        func heldBack(_ body: () -> Void) { gate.withLock { _ in body() } }
    }

    private static let noon = Date(timeIntervalSince1970: 1_769_860_800.125)

    private func lines(
        _ format: LogFormat, provider: Logger.MetadataProvider? = nil, level: Logger.Level = .info,
        _ body: (inout Logger) -> Void
    ) -> [String] {
        let reader = Reader()
        let output = LogOutput(format: format, sink: reader.take)
        var logger = Logger(label: "gateway") { label in
            QueuedLogHandler(label: label, output: output, logLevel: level, metadataProvider: provider) { Self.noon }
        }
        body(&logger)
        output.close()
        return reader.lines
    }

    @Test func `JSON is one object a line, dated in UTC to the millisecond`() {
        let lines = lines(.json) { logger in
            logger[metadataKey: "request"] = "a1"
            logger.info(
                "l’appel\nest \"fini\"", metadata: ["ms": .stringConvertible(12), "ok": .stringConvertible(true)])
            logger.warning("vu", metadata: ["request": ["b", ["z": "1", "a": "2"]]])
            logger.debug("tu")
        }
        let start = #"{"time":"2026-01-31T12:00:00.125Z","level":"#
        #expect(
            lines == [
                start + #""info","label":"gateway","message":"l’appel\nest \"fini\"","#
                    + #""metadata":{"ms":12,"ok":true,"request":"a1"}}"#,
                start + #""warning","label":"gateway","message":"vu","metadata":{"request":["b",{"a":"2","z":"1"}]}}"#,
            ])
    }

    @Test func `an error has its own member`() {
        struct Broken: Error, CustomStringConvertible { let description = "cassé" }
        let lines = lines(.json) { $0.error("non", error: Broken()) }
        #expect(lines.first?.hasSuffix(#""message":"non","error":"cassé"}"#) == true)
    }

    @Test func `the readable form is one line for a person`() {
        let lines = lines(.readable) { logger in
            logger.notice("prêt", metadata: ["port": .stringConvertible(80), "où": "ici même", "liste": ["a", "b"]])
        }
        #expect(lines == [#"2026-01-31T12:00:00.125Z NOTICE   gateway: prêt liste=["a","b"] où="ici même" port=80"#])
    }

    @Test(arguments: ["a\nb", "a\u{1B}[2Jb", "a\u{85}b", "a\u{2028}b", "a\u{202E}b", "a\rb"])
    func `a message or a value forges no line and moves no cursor`(text: String) throws {
        let lines = lines(.readable) { $0.info("\(text)", metadata: ["k": "\(text)", "l": ["\(text)"]]) }
        #expect(lines.count == 1)
        let scalars = try #require(lines.first).unicodeScalars
        #expect(scalars.allSatisfy { ![.control, .format, .lineSeparator].contains($0.properties.generalCategory) })
    }

    @Test func `what the task provides yields to what the call gives`() {
        let provider = Logger.MetadataProvider { ["a": "task", "b": "task", "c": "task"] }
        let lines = lines(.readable, provider: provider) { logger in
            logger[metadataKey: "a"] = "logger"
            logger[metadataKey: "d"] = "logger"
            logger.info("x", metadata: ["c": "call"])
        }
        #expect(lines.first?.hasSuffix("x a=task b=task c=call d=logger") == true)
    }

    @Test func `a reader that does not follow costs lines, which are counted, and never the caller's time`() {
        let reader = Reader()
        let output = LogOutput(format: .readable, capacity: 10, sink: reader.take)
        let logger = Logger(label: "x") { QueuedLogHandler(label: $0, output: output) }
        reader.heldBack {
            for number in 0..<100 { logger.info("\(number)") }
            #expect(!output.flush(seconds: 0))
        }
        output.close()
        let written = reader.lines.filter { $0.contains(" INFO ") }.count
        #expect((10...20).contains(written))
        #expect(output.dropped == 100 - written)
        #expect(reader.lines.contains { $0.contains("lignes de journal perdues") && $0.contains("dropped=") })
    }

    @Test func `a flush waits for the lines of every thread, in the order of each`() async {
        let reader = Reader()
        let output = LogOutput(format: .readable, capacity: 100_000, sink: reader.take)
        await withTaskGroup(of: Void.self) { group in
            for task in 0..<4 {
                group.addTask {
                    let logger = Logger(label: "t\(task)") { QueuedLogHandler(label: $0, output: output) }
                    for number in 0..<500 { logger.info("\(number)") }
                }
            }
        }
        #expect(output.flush())
        let lines = reader.lines
        #expect(lines.count == 2000)
        for task in 0..<4 {
            let numbers = lines.filter { $0.contains(" t\(task): ") }.compactMap { $0.split(separator: " ").last }
            #expect(numbers.map(String.init) == (0..<500).map(String.init))
        }
        output.close()
    }

    @Test func `lines queued at exit are written`() async throws {
        let result = try await #require(
            processExitsWith: .exitCode(3), observing: [\.standardErrorContent]
        ) {
            LogOutput.bootstrap(format: .json, level: .debug)
            // So many as a pipe holds: when all tests run at once, its reader may come later than the exit waits.
            for number in 0..<500 { Logger(label: "x").debug("n\(number)") }
            exit(3)
        }
        let text = String(decoding: result.standardErrorContent, as: UTF8.self)
        #expect(text.split(separator: "\n").filter { $0.contains(#""message":"n"#) }.count == 500)
    }
}
