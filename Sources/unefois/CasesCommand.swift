import ArgumentParser
import Desk
import Foundation
import Values

struct CasesCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "cases", abstract: "Ouvre et ferme les dossiers qui justifient des appels.",
        discussion: "Les références se lisent dans un fichier ou sur l'entrée, une par ligne : un argument se verrait "
            + "dans la liste des processus. Le registre n'en garde que des empreintes.",
        subcommands: [Open.self, Close.self, Import.self, Count.self])

    struct Open: AsyncParsableCommand {
        static let configuration = CommandConfiguration(abstract: "Ouvre des dossiers.")
        @OptionGroup var list: CaseList
        func run() async throws { try await list.set(open: true) }
    }

    struct Close: AsyncParsableCommand {
        static let configuration = CommandConfiguration(abstract: "Ferme des dossiers.")
        @OptionGroup var list: CaseList
        func run() async throws { try await list.set(open: false) }
    }

    struct Import: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Ouvre les dossiers de la liste et ferme tous les autres de l'habilitation.")
        @OptionGroup var list: CaseList

        func run() async throws {
            let (store, references) = (try await list.store(), try list.references())
            guard let (opened, closed) = try await store.replace(with: references, of: list.grant) else {
                throw CaseList.tooMany
            }
            print("Dossiers ouverts : \(opened)\nDossiers fermés : \(closed)")
        }
    }

    struct Count: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "list-count", abstract: "Compte les dossiers d'une habilitation.")
        @OptionGroup var data: DataOption
        @Argument(help: "Identifiant de l'habilitation.")
        var grant: String

        func run() async throws {
            let counts = try await CaseList.store(data, grant).counts(of: grant)
            print("Ouverts : \(counts.open)\nClos depuis moins de 90 jours : \(counts.closed)")
        }
    }
}

/// References of cases given to a command.
struct CaseList: ParsableArguments {
    @OptionGroup var data: DataOption
    @Argument(help: "Identifiant de l'habilitation (unefois token list).")
    var grant: String
    @Option(name: .shortAndLong, help: "Fichier des références ; sans lui, l'entrée.")
    var file: String?

    static let tooMany = CleanExit.failure("l'habilitation aurait trop de dossiers ouverts")

    func set(open: Bool) async throws {
        let references = try references()
        guard let changed = try await store().set(references, of: grant, open: open) else { throw Self.tooMany }
        print("Références lues : \(references.count)\nDossiers \(open ? "ouverts" : "fermés") : \(changed)")
    }

    func store() async throws -> CaseStore { try await Self.store(data, grant) }

    static func store(_ data: DataOption, _ grant: String) async throws -> CaseStore {
        let folder = try data.open()
        let grants = try await folder.openStore()
        guard try await grants.grant(grant) != nil else {
            throw CleanExit.failure("aucune habilitation ne porte cet identifiant")
        }
        return try CaseStore(database: grants.database, keyFolder: folder.caseKeys, clock: .system)
    }

    /// Every reference, or an error that names lines and never what they hold.
    func references() throws -> [String] {
        let bytes: Data?
        if let file {
            bytes = try Data(contentsOf: URL(filePath: file))
        } else {
            bytes = try FileHandle.standardInput.readToEnd()
        }
        let lines = String(decoding: bytes ?? Data(), as: UTF8.self).split(
            omittingEmptySubsequences: false, whereSeparator: \.isNewline)
        var references: [String] = []
        for (number, line) in lines.enumerated() where !line.allSatisfy(\.isWhitespace) {
            guard let reference = CaseReference.accepted(String(line)) else {
                throw CleanExit.failure(
                    "ligne \(number + 1) : une référence a de 1 à 128 octets, sans caractère de commande")
            }
            references.append(reference)
        }
        guard !references.isEmpty else { throw CleanExit.failure("aucune référence n'a été lue") }
        return references
    }
}
