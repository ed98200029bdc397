import Foundation
import Testing

@testable import Operations

@Suite struct MappedFilesTests {
    #if os(Linux)
        /// A file of four pages, mapped.
        private final class Mapping {
            let start: UnsafeMutableRawPointer
            static let size = 4 * 4096

            init(in folder: String, _ protection: Int32) throws {
                let file = folder + "/" + UUID().uuidString
                try Data(repeating: 7, count: Self.size).write(to: URL(filePath: file))
                let descriptor = open(file, O_RDONLY)
                start = mmap(nil, Self.size, protection, MAP_PRIVATE, descriptor, 0)
                close(descriptor)
            }

            deinit { munmap(start, Self.size) }

            var bytes: [UInt8] { Array(UnsafeRawBufferPointer(start: start, count: Self.size)) }

            /// What the kernel says of it, in kB.
            func says(_ name: String) throws -> Int {
                let file = try #require(FileHandle(forReadingAtPath: "/proc/self/smaps"))
                let lines = String(decoding: try #require(try file.readToEnd()), as: UTF8.self).split(separator: "\n")
                let address = String(Int(bitPattern: start), radix: 16) + "-"
                let place = try #require(lines.firstIndex { $0.hasPrefix(address) })
                let line = try #require(lines[place...].first { $0.hasPrefix(name + ":") })
                return try #require(Int(line.split(separator: " ")[1]))
            }
        }

        @Test func `pages of a file that were read are given back, and are there again when read again`() async throws {
            try await withTemporaryFolder { folder in
                let mapping = try Mapping(in: folder, PROT_READ)
                #expect(mapping.bytes.allSatisfy { $0 == 7 })
                #expect(try mapping.says("Rss") == 16)
                MappedFiles.release()
                #expect(try mapping.says("Rss") == 0)
                #expect(mapping.bytes.allSatisfy { $0 == 7 })
            }
        }

        @Test func `a page that differs from its file is kept, whether it may still be written to or not`() async throws
        {
            try await withTemporaryFolder { folder in
                let sealed = try Mapping(in: folder, PROT_READ | PROT_WRITE)
                let open = try Mapping(in: folder, PROT_READ | PROT_WRITE)
                for mapping in [sealed, open] { mapping.start.storeBytes(of: 9, as: UInt8.self) }
                #expect(mprotect(sealed.start, Mapping.size, PROT_READ) == 0)
                MappedFiles.release()
                for mapping in [sealed, open] { #expect(mapping.bytes.prefix(2) == [9, 7]) }
            }
        }
    #endif

    @Test(arguments: [
        ("7f00-7f10 r-xp 00000000 fe:00 17 /usr/lib/libc.so.6", "0", true),
        ("7f00-7f10 r--p 00000000 fe:00 17 /a folder/with spaces", "0", true),
        ("7f00-7f10 r--p 00000000 fe:00 17 /usr/lib/libc.so.6", "4", false),
        ("7f00-7f10 rw-p 00000000 fe:00 17 /usr/lib/libc.so.6", "0", false),
        ("7f00-7f10 r--s 00000000 fe:00 17 /data/hub.sqlite-shm", "0", false),
        ("7f00-7f10 ---p 00000000 fe:00 17 /usr/lib/libc.so.6", "0", false),
        ("7f00-7f10 r--p 00000000 00:00 0", "0", false),
        ("7f00-7f10 r-xp 00000000 00:00 0 [vdso]", "0", false),
        ("7f10-7f00 r--p 00000000 fe:00 17 /usr/lib/libc.so.6", "0", false),
        ("nothing r--p 00000000 fe:00 17 /usr/lib/libc.so.6", "0", false),
        ("", "0", false),
    ])
    func `only unchanged mappings of files are given back`(mapping: String, anonymous: String, isGivenBack: Bool) {
        let told = "\(mapping)\nSize: 4 kB\nAnonymous: \(anonymous) kB\nVmFlags: rd mr\n"
        #expect(MappedFiles.unchanged(in: told) == (isGivenBack ? [0x7F00..<0x7F10] : []))
    }
}
