import Foundation

/// The program's files and its libraries', as the kernel maps them into memory.
public enum MappedFiles {
    /// Gives back the pages of code and constants that have been touched so far: of what a start needs, calls use a third.
    /// What is used again is mapped again at its first use, from the kernel's cache of files.
    ///
    /// Nothing is lost: only mappings that cannot be written to, and of which no page differs from its file, are given
    /// back. Where there is no `/proc/self/smaps` (proc(5)), nothing happens.
    public static func release() {
        #if os(Linux)
            guard let file = FileHandle(forReadingAtPath: "/proc/self/smaps"), let bytes = try? file.readToEnd() else {
                return
            }
            for range in unchanged(in: String(decoding: bytes, as: UTF8.self)) {
                madvise(UnsafeMutableRawPointer(bitPattern: range.lowerBound), range.count, MADV_DONTNEED)
            }
        #endif
    }

    /// The mappings of files that are private, readable only, and without a page of their own (`Anonymous`).
    static func unchanged(in mappings: String) -> [Range<UInt>] {
        var found: [Range<UInt>] = []
        var range: Range<UInt>?
        for line in mappings.split(separator: "\n") {
            let words = line.split(separator: " ")
            guard let first = words.first else { continue }
            if !first.hasSuffix(":") {
                let isFile = words.count > 5 && words[5].hasPrefix("/")
                range = isFile && (words[1] == "r--p" || words[1] == "r-xp") ? addresses(first) : nil
            } else if first == "Anonymous:", words.count > 1, words[1] == "0", let range {
                found.append(range)
            }
        }
        return found
    }

    private static func addresses(_ text: Substring) -> Range<UInt>? {
        let bounds = text.split(separator: "-").compactMap { UInt($0, radix: 16) }
        return bounds.count == 2 && bounds[0] < bounds[1] ? bounds[0]..<bounds[1] : nil
    }
}
