import Foundation

/// Where the files that come with the program are.
package enum ProgramFiles {
    /// The running program, links followed.
    package static var program: URL {
        let path =
            (try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe")) ?? CommandLine.arguments[0]
        return URL(filePath: path)
    }

    /// A file or folder of an installed program (`../share/unefois` from the program's folder), or nil where there is
    /// none, as in a folder of sources.
    package static func shared(_ name: String) -> URL? {
        let share = program.deletingLastPathComponent().deletingLastPathComponent().appending(path: "share/unefois")
        let place = share.appending(path: name)
        return FileManager.default.fileExists(atPath: place.path) ? place : nil
    }
}
