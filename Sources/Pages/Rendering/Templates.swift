import Foundation
import Mustache
import Synchronization

/// The templates of the pages, checked when they are read: Mustache itself shows nothing for what is missing.
struct Templates: Sendable {
    private let library: MustacheLibrary
    private let messages: Messages
    /// Where tests find the names that a template asked for and no page gave.
    private let missing: MissingNames?

    init(folder: URL, messages: Messages, missing: MissingNames?) throws {
        var sources: [String: String] = [:]
        for file in try FileManager.default.contentsOfDirectory(at: folder, includingPropertiesForKeys: nil)
        where file.pathExtension == "mustache" {
            sources[file.deletingPathExtension().lastPathComponent] = try String(contentsOf: file, encoding: .utf8)
        }
        let faults = sources.keys.sorted().flatMap { Self.faults(in: sources[$0] ?? "", $0, sources, messages) }
        guard faults.isEmpty else { throw TemplateFault(faults: faults) }
        library = MustacheLibrary(templates: try sources.mapValues { try MustacheTemplate(string: $0) })
        self.messages = messages
        self.missing = missing
    }

    /// The template of that name over `model`.
    func render(_ name: String, _ model: Row) -> String {
        library.render(Root(model: model, messages: messages, missing: missing), withTemplate: name) ?? ""
    }

    /// What a template refers to in vain, and what the house bans: unescaped values.
    private static func faults(
        in source: String, _ name: String, _ sources: [String: String], _ messages: Messages
    ) -> [String] {
        let tags = source.matches(of: /\{\{([>#\/^<$&]|\{|)\s*([A-Za-z0-9_.\-]+)/)
        return tags.compactMap { tag in
            let target = String(tag.2)
            switch tag.1 {
            case ">", "<": return sources[target] == nil ? "\(name): no template is named '\(target)'" : nil
            case "{", "&": return "\(name): '\(target)' is not escaped"
            default:
                guard target.hasPrefix("t.") else { return nil }
                return messages.has(String(target.dropFirst(2))) ? nil : "\(name): no message is named '\(target)'"
            }
        }
    }
}

/// Templates that refer to what is not there.
struct TemplateFault: Error, CustomStringConvertible {
    let faults: [String]
    var description: String { faults.joined(separator: "\n") }
}

/// Names that no page gave.
final class MissingNames: Sendable {
    private let names = Mutex<Set<String>>([])
    var all: Set<String> { names.withLock { $0 } }
    func insert(_ name: String) { names.withLock { _ = $0.insert(name) } }
}

/// The outermost thing that a template sees.
private struct Root: MustacheParent {
    let model: Row
    let messages: Messages
    let missing: MissingNames?

    func child(named name: String) -> Any? {
        if name == "t" { return messages }
        let value = model.child(named: name)
        if value == nil { missing?.insert(name) }
        return value
    }
}
