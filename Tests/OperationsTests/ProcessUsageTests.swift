import Foundation
import Testing

@testable import Operations

@Suite struct ProcessUsageTests {
    @Test func `the kernel's text is read, even under a program name with spaces and parentheses`() throws {
        let stat = """
            42 (a ) (b) S 1 42 42 0 -1 4194560 100 0 0 0 250 50 0 0 20 0 9 0 1000 300000 2048 18446744073709551615 1 1
            """
        let usage = try #require(
            ProcessUsage(
                stat: stat, system: "cpu 1 2\nbtime 1700000000\nprocesses 3\n", openDescriptors: 7, ticksPerSecond: 100,
                pageSize: 4096))
        var text = ""
        usage.write(into: &text)
        #expect(
            text == """
                # HELP process_cpu_seconds_total Time on processors, in seconds
                # TYPE process_cpu_seconds_total counter
                process_cpu_seconds_total 3
                # HELP process_open_fds Open file descriptors
                # TYPE process_open_fds gauge
                process_open_fds 7
                # HELP process_resident_memory_bytes Memory held in RAM, in bytes
                # TYPE process_resident_memory_bytes gauge
                process_resident_memory_bytes 8388608
                # HELP process_start_time_seconds Start of the process, in seconds since 1970
                # TYPE process_start_time_seconds gauge
                process_start_time_seconds 1700000010

                """)
    }

    @Test(arguments: ["", "42 (a", "42 (a) S 1 2 3", "42 (a) S x x x x x x x x x x x x x x x x x x x x x x x x"])
    func `text of another shape is no usage`(stat: String) {
        #expect(
            ProcessUsage(stat: stat, system: "btime 1\n", openDescriptors: 1, ticksPerSecond: 100, pageSize: 1) == nil)
    }

    #if os(Linux)
        @Test func `this process has a past, memory and files`() throws {
            let usage = try #require(ProcessUsage.current())
            #expect(usage.residentBytes > 1_000_000)
            #expect(usage.openDescriptors >= 3)
            #expect(abs(usage.startTime - Date().timeIntervalSince1970) < 3600)
        }
    #endif
}
