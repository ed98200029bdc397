import Foundation

/// What the process uses of the machine, as the kernel counts it (proc(5)).
public struct ProcessUsage: Sendable, Equatable {
    /// Time on processors, in user and in system mode, in seconds.
    public var cpuSeconds: Double
    /// Memory held in RAM, in bytes.
    public var residentBytes: Double
    /// Open file descriptors.
    public var openDescriptors: Int
    /// The start of the process, in seconds since 1970.
    public var startTime: Double

    /// The usage of this process, or nil where the system has no `/proc`.
    public static func current() -> ProcessUsage? {
        guard let stat = try? String(contentsOfFile: "/proc/self/stat", encoding: .utf8),
            let system = try? String(contentsOfFile: "/proc/stat", encoding: .utf8),
            let descriptors = try? FileManager.default.contentsOfDirectory(atPath: "/proc/self/fd")
        else { return nil }
        return ProcessUsage(
            stat: stat, system: system, openDescriptors: descriptors.count,
            ticksPerSecond: Double(sysconf(Int32(_SC_CLK_TCK))), pageSize: Double(sysconf(Int32(_SC_PAGESIZE))))
    }

    /// - Parameters:
    ///   - stat: the text of `/proc/self/stat`.
    ///   - system: the text of `/proc/stat`, whose `btime` is the start of the machine.
    init?(stat: String, system: String, openDescriptors: Int, ticksPerSecond: Double, pageSize: Double) {
        // The second field is the name of the program, in parentheses, and may hold spaces and parentheses.
        guard let end = stat.lastIndex(of: ")"), ticksPerSecond > 0 else { return nil }
        let fields = stat[end...].split(whereSeparator: \.isWhitespace).dropFirst().map { Double($0) }
        let boot = system.split(separator: "\n").first { $0.hasPrefix("btime ") }
        guard fields.count > 21, let user = fields[11], let kernel = fields[12], let start = fields[19],
            let pages = fields[21], let bootTime = boot.flatMap({ Double($0.dropFirst(6)) })
        else { return nil }
        cpuSeconds = (user + kernel) / ticksPerSecond
        residentBytes = pages * pageSize
        startTime = bootTime + start / ticksPerSecond
        self.openDescriptors = openDescriptors
    }

    func write(into text: inout String) {
        let samples: [(name: String, type: String, help: String, value: Double)] = [
            ("process_cpu_seconds_total", "counter", "Time on processors, in seconds", cpuSeconds),
            ("process_open_fds", "gauge", "Open file descriptors", Double(openDescriptors)),
            ("process_resident_memory_bytes", "gauge", "Memory held in RAM, in bytes", residentBytes),
            ("process_start_time_seconds", "gauge", "Start of the process, in seconds since 1970", startTime),
        ]
        for (name, type, help, value) in samples {
            text += "# HELP \(name) \(help)\n# TYPE \(name) \(type)\n\(name) \(MetricNames.number(value))\n"
        }
    }
}
