import Foundation

/// A file descriptor, closed when nothing uses it any more.
package final class OpenFile: Sendable {
    package let descriptor: Int32

    /// Opens with mode 0600 where it creates. Children of the process do not inherit it (nor, so, its lock).
    init(_ path: String, _ flags: Int32) throws(LedgerError) {
        descriptor = open(path, flags | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else { throw .last("open") }
    }

    deinit { close(descriptor) }

    /// Up to `count` bytes from `offset`; fewer at the end of the file.
    func read(_ count: Int, at offset: Int) throws(LedgerError) -> [UInt8] {
        var code: Int32 = 0
        let bytes = [UInt8](unsafeUninitializedCapacity: count) { buffer, filled in
            while filled < count {
                let got = pread(
                    descriptor, buffer.baseAddress?.advanced(by: filled), count - filled, off_t(offset + filled))
                if got < 0, errno == EINTR { continue }
                if got < 0 { code = errno }
                guard got > 0 else { return }
                filled += got
            }
        }
        guard code == 0 else { throw .failed(operation: "pread", code: code) }
        return bytes
    }

    var size: Int {
        get throws(LedgerError) {
            var status = stat()
            guard fstat(descriptor, &status) == 0 else { throw .last("fstat") }
            return Int(status.st_size)
        }
    }

    /// Cuts the file to `size` bytes and makes that durable.
    func truncate(to size: Int) throws(LedgerError) {
        guard ftruncate(descriptor, off_t(size)) == 0 else { throw .last("ftruncate") }
        guard fsync(descriptor) == 0 else { throw .last("fsync") }
    }
}

/// The operations on which durability rests, apart so that tests can make them fail.
package protocol LedgerFiles: Sendable {
    /// Writes all of `bytes` at `offset`, or throws: the file then holds any part of them.
    func write(_ bytes: [UInt8], to file: OpenFile, at offset: Int) throws(LedgerError)
    /// Returns once the file's bytes will survive a loss of power.
    func synchronize(_ file: OpenFile) throws(LedgerError)
    /// Reserves zeros over a range of bytes that ends the file.
    func preallocate(_ file: OpenFile, _ range: Range<Int>) throws(LedgerError)
    /// Bytes left to this process on the volume.
    func freeBytes(in directory: String) throws(LedgerError) -> Int
}

/// The system's own operations.
struct SystemFiles: LedgerFiles {
    func write(_ bytes: [UInt8], to file: OpenFile, at offset: Int) throws(LedgerError) {
        var written = 0
        while written < bytes.count {
            let count = bytes.withUnsafeBytes { buffer in
                pwrite(
                    file.descriptor, buffer.baseAddress?.advanced(by: written), bytes.count - written,
                    off_t(offset + written))
            }
            if count < 0, errno == EINTR { continue }
            guard count > 0 else { throw .last("pwrite") }
            written += count
        }
    }

    func synchronize(_ file: OpenFile) throws(LedgerError) {
        #if os(Linux)
            guard fdatasync(file.descriptor) == 0 else { throw .last("fdatasync") }
        #else
            guard fcntl(file.descriptor, F_FULLFSYNC) == 0 else { throw .last("F_FULLFSYNC") }
        #endif
    }

    func preallocate(_ file: OpenFile, _ range: Range<Int>) throws(LedgerError) {
        #if os(Linux)
            let code = posix_fallocate(file.descriptor, off_t(range.lowerBound), off_t(range.count))
            guard code == 0 else { throw .failed(operation: "fallocate", code: code) }
        #else
            guard ftruncate(file.descriptor, off_t(range.upperBound)) == 0 else { throw .last("ftruncate") }
        #endif
    }

    func freeBytes(in directory: String) throws(LedgerError) -> Int {
        var status = statvfs()
        guard statvfs(directory, &status) == 0 else { throw .last("statvfs") }
        return Int(
            clamping: UInt64(status.f_bavail).multipliedReportingOverflow(by: UInt64(status.f_frsize)).partialValue)
    }
}
