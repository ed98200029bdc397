import Foundation
import Values
import Yams

/// Reads the files of a catalogue, checks them, and lowers them to a ``CompiledCatalogue``.
///
/// Every file is read and every validator runs, so that one run shows every fault.
public struct CatalogueCompiler {
    private let folder: URL
    private let servesAnnounced: Bool
    let diagnostics = Diagnostics()

    /// - Parameters:
    ///   - folder: the catalogue's folder; one subfolder a bouquet, in it one a provider. The use cases are in the
    ///     folder `Procedures/use-cases` beside it.
    ///   - servesAnnounced: true in the sandbox, the only place where APIs to come answer.
    public init(folder: URL, servesAnnounced: Bool = true) {
        self.folder = folder.standardizedFileURL
        self.servesAnnounced = servesAnnounced
    }

    /// Compiles the catalogue.
    /// - Throws: ``CatalogueFault`` with every fault and its place.
    public func compile() throws(CatalogueFault) -> CompiledCatalogue {
        let files = readFiles()
        let catalogue = lower(files)
        let simulators = SimulatorCompiler(diagnostics: diagnostics, nomenclatures: files.nomenclatures)
        for file in files.simulators where catalogue.providers[simulators.plan(file).provider] == nil {
            diagnostics.error("no provider is named so", at: file["simulates"] ?? file)
        }
        if !diagnostics.hasErrors {
            for validator in catalogueValidators { validator.check(catalogue, files, diagnostics) }
        }
        guard !diagnostics.hasErrors else { throw CatalogueFault(diagnostics: diagnostics.sorted) }
        return catalogue
    }

    /// The catalogue's YAML files in the order of their paths.
    func readFiles() -> CatalogueFiles {
        var files = CatalogueFiles()
        let paths = FileManager.default.enumerator(atPath: folder.path)?.compactMap { $0 as? String } ?? []
        for path in paths.sorted() where path.hasSuffix(".yaml") && !path.contains("/recordings/") {
            guard let element = read(path, in: folder) else { continue }
            if element["api"] != nil {
                files.apis.append(element)
            } else if element["simulates"] != nil {
                files.simulators.append(element)
            } else if element["provider"] != nil {
                files.providers.append(element)
            } else if element["bouquet"] != nil {
                files.bouquets.append(element)
            } else if element["grids"] != nil {
                files.grids.append(element)
            } else if element["errors"] != nil {
                files.errors.append(element)
            } else if element["steps"] != nil {
                files.steps.append(element)
            } else if EditorialCompiler.kinds.contains(where: { element[$0] != nil }) {
                files.editorial.append(element)
            } else {
                diagnostics.error("the file declares nothing that the catalogue knows", at: element)
            }
        }
        files.editorial += useCases()
        files.nomenclatures = nomenclatures(paths)
        files.gridTable = gridTable(files.grids)
        if paths.isEmpty { diagnostics.error("the folder is missing or empty", file: folder.path) }
        return files
    }

    /// The tables of codes of `nomenclatures/`, by name of file.
    private func nomenclatures(_ paths: [String]) -> [String: Nomenclature] {
        var tables: [String: Nomenclature] = [:]
        for path in paths.sorted() where path.hasPrefix("nomenclatures/") && path.hasSuffix(".csv") {
            let name = String(path.dropFirst("nomenclatures/".count).dropLast(4))
            do {
                tables[name] = try Nomenclature(name: name, file: folder.appending(path: path))
            } catch {
                diagnostics.error("not a table: \(error)", file: path)
            }
        }
        return tables
    }

    /// The files of the use cases, beside the catalogue's folder.
    private func useCases() -> [Element] {
        let (parent, place) = (folder.deletingLastPathComponent(), "Procedures/use-cases")
        let names = (try? FileManager.default.contentsOfDirectory(atPath: parent.appending(path: place).path)) ?? []
        return names.sorted().filter { $0.hasSuffix(".yaml") }.compactMap { read("\(place)/\($0)", in: parent) }
    }

    private func read(_ path: String, in folder: URL) -> Element? {
        do {
            let text = try String(contentsOf: folder.appending(path: path), encoding: .utf8)
            guard let element = try Element(yaml: text, file: path), element.isMapping else {
                diagnostics.error("the file holds no mapping", file: path)
                return nil
            }
            return element
        } catch let error as YamlError {
            diagnostics.error("not YAML: \(error.reason)", file: path, line: error.line)
        } catch {
            diagnostics.error("cannot be read", file: path)
        }
        return nil
    }

    private func lower(_ files: CatalogueFiles) -> CompiledCatalogue {
        let scopes = ScopeTable(Set(files.apis.flatMap { $0["scopes"]?.members.compactMap(\.key.text) ?? [] }).sorted())
        var limits: [String: RateLimitGroup] = [:]
        for file in files.bouquets { read(limits: file, into: &limits) }
        var operations: [APIOperation] = []
        var apis: [APIDescription] = []
        var providers: [String: ProviderDescription] = [:]
        for file in files.providers {
            let provider = ProviderCompiler(nomenclatures: files.nomenclatures, diagnostics: diagnostics).provider(file)
            providers[provider.id] = provider
        }
        var known: [String: APIOperation] = [:]
        for file in files.inOrderOfNeed {
            let compiler = APICompiler(
                file: file, files: files, scopes: scopes, limits: limits, providers: providers, known: known,
                diagnostics: diagnostics)
            guard let (api, compiled) = compiler.compile(firstIndex: operations.count) else { continue }
            apis.append(api)
            operations += compiled
            for operation in compiled { known[operation.id] = operation }
        }
        return CompiledCatalogue(
            operations: operations, apis: apis, providers: providers, scopes: scopes,
            limits: limits.values.sorted { $0.index < $1.index },
            errors: errors(files.errors, steps: steps(files.steps)),
            goneRoutes: gone(files.bouquets),
            editorial: EditorialCompiler(files: files.editorial, diagnostics: diagnostics).compile(),
            servesAnnounced: servesAnnounced)
    }

    private static let bouquetKeys: Set = [
        "bouquet", "limits", "gone", "parameters", "parameter-sets", "lookups", "tables", "shapes", "refusal-sets",
        "requests",
    ]

    private func read(limits file: Element, into limits: inout [String: RateLimitGroup]) {
        file.allow(Self.bouquetKeys, diagnostics)
        for member in file["limits"]?.members ?? [] {
            let context = CompilerContext(
                parts: Parts(), vocabulary: Vocabulary(parameters: [:], tables: [:], nomenclatures: [:]), tags: [],
                diagnostics: diagnostics)
            member.value.allow(["calls", "per", "each-operation"], diagnostics)
            guard let name = member.key.text, let calls = member.value["calls"]?.int, let per = member.value["per"]
            else {
                diagnostics.error("a limit wants calls and per", at: member.value)
                continue
            }
            limits[name] = RateLimitGroup(
                name: name, calls: calls, period: context.seconds(per),
                isPerOperation: member.value["each-operation"]?.bool ?? false, index: limits.count)
        }
    }

    private func gridTable(_ files: [Element]) -> [String: Grid] {
        var grids: [String: Grid] = [:]
        for member in files.flatMap({ $0["grids"]?.members ?? [] }) {
            member.value.allow(["title", "act", "brackets"], diagnostics)
            let brackets = (member.value["brackets"]?.items ?? []).compactMap { item -> Grid.Bracket? in
                item.allow(["code", "label", "from"], diagnostics)
                guard let code = item["code"]?.text, let label = item["label"]?.text,
                    let from = item["from"]?.json.amount
                else { return nil }
                return Grid.Bracket(code: code, label: label, from: from)
            }
            let isRising = zip(brackets, brackets.dropFirst()).allSatisfy { $0.from < $1.from }
            guard let id = member.key.text, let title = member.value["title"]?.text, isRising, !brackets.isEmpty,
                brackets.count == member.value["brackets"]?.items.count
            else {
                diagnostics.error(
                    "a grid wants title and rising brackets, each with code, label and from", at: member.value)
                continue
            }
            grids[id] = Grid(id: id, title: title, act: member.value["act"]?.text ?? "", brackets: brackets)
        }
        return grids
    }

    private func gone(_ bouquets: [Element]) -> [String: String] {
        Dictionary(bouquets.flatMap { $0["gone"]?.textMembers ?? [] }, uniquingKeysWith: { first, _ in first })
    }

    private func errors(_ files: [Element], steps: [CheckStep]) -> ErrorNomenclature {
        var entries: [ErrorNomenclature.Entry] = []
        for member in files.flatMap({ $0["errors"]?.members ?? [] }) {
            member.value.allow(["status", "title", "detail", "parameter", "header", "remedy"], diagnostics)
            guard let code = member.key.text, let status = member.value["status"]?.int,
                let title = member.value["title"]?.text, let detail = member.value["detail"]?.text
            else {
                diagnostics.error("an error wants status, title and detail", at: member.key)
                continue
            }
            entries.append(
                ErrorNomenclature.Entry(
                    code: code, status: status, title: title, detail: detail,
                    parameter: member.value["parameter"]?.text, header: member.value["header"]?.text,
                    remedy: member.value["remedy"]?.text))
        }
        let names = Dictionary(files.flatMap { $0["numbers"]?.textMembers ?? [] }, uniquingKeysWith: { $1 })
        return ErrorNomenclature(entries, providerNames: names, steps: steps)
    }
}

/// The files of a catalogue by kind.
struct CatalogueFiles {
    var apis: [Element] = []
    var providers: [Element] = []
    var simulators: [Element] = []
    var bouquets: [Element] = []
    var errors: [Element] = []
    var steps: [Element] = []
    var grids: [Element] = []
    var gridTable: [String: Grid] = [:]

    /// Files of derived answers after those of their sources, and of bouquets after both.
    var inOrderOfNeed: [Element] {
        func rank(_ file: Element) -> Int {
            let isDerived = file["operations"]?.members.contains { $0.value["from"] != nil } ?? false
            return file["gathers"] != nil ? 2 : isDerived ? 1 : 0
        }
        return (0...2).flatMap { wanted in apis.filter { rank($0) == wanted } }
    }
    var editorial: [Element] = []
    var nomenclatures: [String: Nomenclature] = [:]
}

extension YamlError {
    /// The line a fault of syntax was met at.
    var line: Int {
        switch self {
        case .scanner(_, _, let mark, _), .parser(_, _, let mark, _), .composer(_, _, let mark, _): mark.line
        case .duplicatedKeysInMapping(_, let context): max(1, context.mark.line)
        default: 1
        }
    }

    /// What is wrong, without the text around it.
    var reason: String {
        switch self {
        case .scanner(_, let problem, _, _), .parser(_, let problem, _, _), .composer(_, let problem, _, _): problem
        case .duplicatedKeysInMapping(let keys, _):
            "written twice: " + keys.map { "'\($0)'" }.joined(separator: ", ")
        default: "unreadable"
        }
    }
}
