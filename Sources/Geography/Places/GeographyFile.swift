import Foundation
import Values

/// The geographic code on disk: what was imported into a data folder, or the extract that comes with the program.
public enum GeographyFile {
    /// Puts the code in the place of what was there, whole or not at all.
    public static func write(_ geography: GeographicCode, to file: URL) throws {
        try Data(CompactForm.write(geography).utf8).write(to: file, options: .atomic)
    }

    /// What was imported there; the extract where nothing was. Reads a disk: never on an event loop.
    /// - Throws: ``GeographyFault`` where the imported file is not whole: an extract in its place would answer that
    ///   communes do not exist.
    public static func gazetteer(imported file: URL) throws -> Gazetteer {
        guard FileManager.default.fileExists(atPath: file.path) else {
            let bundle = ProgramFiles.shared("unefois_Geography.resources") ?? Bundle.module.bundleURL
            let extract = bundle.appending(path: "Resources/extract.tsv")
            let geography = try read(extract)
            return Gazetteer(
                geography, origin: "extrait (\(geography.summary)) ; pour la France entière : unefois import cog")
        }
        let geography = try read(file)
        let changed = try FileManager.default.attributesOfItem(atPath: file.path)[.modificationDate] as? Date
        let day = changed.map { " le " + $0.formatted(.iso8601.year().month().day()) } ?? ""
        return Gazetteer(geography, origin: "importée\(day) (\(geography.summary))")
    }

    private static func read(_ file: URL) throws -> GeographicCode {
        try CompactForm.read(String(contentsOf: file, encoding: .utf8), name: file.lastPathComponent)
    }
}
