import Foundation
import Logging
import Synchronization

extension LogOutput {
    private static let current = Mutex<LogOutput?>(nil)

    /// Makes every `Logger` of the process write to standard error. To be called once, before the first logger.
    ///
    /// Lines queued at a normal exit are written then, within two seconds.
    ///
    /// - Parameter level: the least level that is logged.
    /// - Returns: the output, for its count of dropped lines.
    @discardableResult
    public static func bootstrap(format: LogFormat, level: Logger.Level) -> LogOutput {
        let output = LogOutput(format: format) { bytes in write(bytes, to: STDERR_FILENO) }
        current.withLock { $0 = output }
        atexit { LogOutput.flushCurrent() }
        LoggingSystem.bootstrap(
            { label, provider in
                QueuedLogHandler(label: label, output: output, logLevel: level, metadataProvider: provider)
            }, metadataProvider: nil)
        return output
    }

    private static func flushCurrent() {
        current.withLock { $0 }?.flush()
    }

    /// Writes all bytes, waiting as long as the reader makes it; gives up where nobody reads any more.
    static func write(_ bytes: [UInt8], to descriptor: Int32) {
        bytes.withUnsafeBytes { buffer in
            var rest = buffer[...]
            while !rest.isEmpty {
                let count = Foundation.write(descriptor, UnsafeRawBufferPointer(rebasing: rest).baseAddress, rest.count)
                if count > 0 {
                    rest = rest.dropFirst(count)
                } else if count < 0, errno == EAGAIN {
                    var ready = pollfd(fd: descriptor, events: Int16(POLLOUT), revents: 0)
                    poll(&ready, 1, -1)
                } else if count == 0 || errno != EINTR {
                    return
                }
            }
        }
    }
}
