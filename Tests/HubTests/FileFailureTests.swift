import Foundation
import TestSupport
import Testing

@testable import unefois

/// What an operator reads where a file of the service cannot be read or written.
struct FileFailureTests {
    private static func words(_ work: () throws -> Void) throws -> String? {
        do { try work() } catch { return try #require(error as? CocoaError).inWords }
        return nil
    }

    @Test func `a file that fails is named, with what happened, in French`() async throws {
        try await withTemporaryFolder { folder in
            let file = folder + "/file"
            try Data().write(to: URL(filePath: file))
            #expect(try Self.words { _ = try DataFolder(file) } == "\(file) : un fichier porte déjà ce nom")
            #expect(
                try Self.words { _ = try DataFolder(file + "/data") }
                    == "\(file)/data : une partie de ce chemin n'est pas un dossier")
            let missing = folder + "/missing"
            #expect(try Self.words { _ = try Data(contentsOf: URL(filePath: missing)) } == "\(missing) : introuvable")
        }
    }

    @Test(arguments: [
        (POSIXErrorCode.EROFS, "ce disque est en lecture seule"), (.EACCES, "n'en a pas le droit"),
        (.ENOSPC, "il n'y a plus de place sur ce disque"), (.EIO, "le disque ne répond pas comme il doit"),
    ])
    func `each failure of a disk has its words`(_ code: POSIXErrorCode, _ words: String) {
        let failure = CocoaError(
            .fileWriteUnknown,
            userInfo: [NSFilePathErrorKey: "/data", NSUnderlyingErrorKey: POSIXError(code)])
        #expect(failure.inWords.hasPrefix("/data : ") && failure.inWords.hasSuffix(words))
    }
}
