import Crypto
import Foundation
import Values

extension Transform {
    /// The transformed value; null stays null unless the transform says otherwise.
    func apply(to value: consuming JSON, _ frame: borrowing Frame) throws(MappingFailure) -> JSON {
        switch self {
        case .simple(let simple): return try simple.apply(to: value, frame)
        case .join(let separator): return Self.joined(value, separator)
        case .merge(let other): return Self.merged(value, try other.value(in: frame))
        case .tableOrSame(let table):
            if let text = value.text, let found = table[text] { return found }
            return value
        case .table(let table): return value.text.flatMap { table[$0] } ?? .null
        case .nullIf(let literal): return value.equals(literal) ? .null : value
        case .get(let key):
            guard let key = try key.text(in: frame) else { return .null }
            return value.part(key)
        case .find(let name): return .array(Self.parts(named: name, of: value))
        case .each, .earliest, .latest, .sort, .group, .pivot: return try onList(value.items ?? [], frame)
        default:
            guard value != .null else { return .null }
            return try onText(value, frame)
        }
    }

    private func onList(_ items: [JSON], _ frame: borrowing Frame) throws(MappingFailure) -> JSON {
        switch self {
        case .each(let expression): return .array(try expression.values(of: items, frame))
        case .earliest(let key):
            let keyed = zip(try key.values(of: items, frame), items)
            return keyed.min { ($0.0.text ?? "~") < ($1.0.text ?? "~") }?.1 ?? .null
        case .latest(let key):
            let keyed = zip(try key.values(of: items, frame), items)
            return keyed.max { ($0.0.text ?? "") < ($1.0.text ?? "") }?.1 ?? .null
        case .sort(let key): return .array(Self.sorted(items, by: try key.values(of: items, frame)))
        case .group(let key): return .array(Self.grouped(items, by: key))
        case .pivot(let place, let value, let name):
            let (places, values) = (try place.values(of: items, frame), try value.values(of: items, frame))
            return Self.pivoted(values, places: places, names: try name?.values(of: items, frame))
        default: return .null
        }
    }

    private func onText(_ value: JSON, _ frame: borrowing Frame) throws(MappingFailure) -> JSON {
        guard let text = value.text else { throw MappingFailure(reason: "a text was expected") }
        switch self {
        case .pad(let width): return .string(String(repeating: "0", count: max(0, width - text.count)) + text)
        case .split(let separator, let index): return .from(text.components(separatedBy: separator)[safe: index - 1])
        case .slice(let start, let length): return .string(String(text.dropFirst(start).prefix(length)))
        case .replace(let old, let new): return .string(text.replacing(old, with: new))
        case .reformat(let pattern, let template): return .from(pattern.rewritten(text, as: template))
        case .label(let nomenclature, let column): return .from(nomenclature.cell(text, column))
        case .capture(let pattern): return .from(pattern.firstCapture(in: text))
        case .captures(let pattern): return .array(pattern.captures(in: text).map(JSON.array))
        case .endOfMonth(let months):
            return try CivilDate.read(text).map { .string($0.endOfMonth(after: months).description) } ?? value
        case .arithmetic(let operation, let other):
            let other = try other.value(in: frame)
            return other == .null ? .null : try operation.apply(value, other)
        case .draw(let label, let bound):
            let digest = SHA256.hash(data: Data((label + "|" + text).utf8))
            let number = digest.prefix(7).reduce(0) { $0 << 8 | Int($1) }
            return .integer(number % bound)
        case .bracket(let grids, let name):
            guard let grid = try name.text(in: frame).flatMap({ grids[$0] }),
                let bracket = grid.bracket(of: try value.number())
            else { return .null }
            return ["code": .string(bracket.code), "label": .string(bracket.label)]
        case .round(let places): return .from(try value.number().rounded(places))
        default: return value
        }
    }

    private static func joined(_ value: JSON, _ separator: String) -> JSON {
        guard let items = value.items else { return value }
        if items.count == 1, case .string = items[0] { return items[0] }
        return .string(items.compactMap(\.text).joined(separator: separator))
    }

    private static func merged(_ base: JSON, _ other: JSON) -> JSON {
        guard var members = base.members, let winners = other.members else { return base == .null ? other : base }
        members.removeAll { member in other[member.key] != nil }
        return .object(members + winners)
    }
}

extension Transform {
    /// Every member of that name, those of an outer part before those within it.
    private static func parts(named name: String, of value: JSON) -> [JSON] {
        if let items = value.items { return items.flatMap { parts(named: name, of: $0) } }
        return (value.members ?? []).flatMap { member in
            let own = member.key == name ? member.value.items ?? [member.value] : []
            return own + parts(named: name, of: member.value)
        }
    }

    private static func sorted(_ items: [JSON], by keys: [JSON]) -> [JSON] {
        let keyed = zip(keys, items).enumerated().map { (offset: $0, key: $1.0.text, item: $1.1) }
        let sorted = keyed.sorted { left, right in
            switch (left.key, right.key) {
            case (nil, nil): left.offset < right.offset
            case (nil, _): false
            case (_, nil): true
            case (.some(let first), .some(let second)):
                first == second ? left.offset < right.offset : first < second
            }
        }
        return sorted.map(\.item)
    }

    private static func grouped(_ items: [JSON], by key: String) -> [JSON] {
        var order: [JSON] = []
        var groups: [JSON: [JSON]] = [:]
        for item in items {
            let value = item[key] ?? .null
            if groups[value] == nil { order.append(value) }
            groups[value, default: []].append(item)
        }
        return order.map { ["key": $0, "items": .array(groups[$0] ?? [])] }
    }

    /// Far more than a form has repeated lines; a provider's mistake must not fill the memory.
    private static let longestPivot = 10_000

    private static func pivoted(_ values: [JSON], places: [JSON], names: [JSON]?) -> JSON {
        let numbers = places.map { $0.int ?? 0 }
        let length = min(max(0, numbers.max() ?? 0), longestPivot)
        var row = [JSON](repeating: .null, count: length)
        for (offset, number) in numbers.enumerated() where number > 0 && number <= length {
            guard let names else {
                row[number - 1] = values[offset]
                continue
            }
            guard let name = names[offset].text else { continue }
            row[number - 1] = .object((row[number - 1].members ?? []) + [JSON.Member(name, values[offset])])
        }
        return .array(row)
    }
}

extension Expression {
    /// The expression's value for each item, each being the node in its turn.
    fileprivate func values(of items: [JSON], _ frame: borrowing Frame) throws(MappingFailure) -> [JSON] {
        var values: [JSON] = []
        for item in items {
            values.append(try value(in: Frame(in: frame, node: .made(item))))
        }
        return values
    }
}

extension CivilDate {
    /// The date of a text; nil for a blank one.
    static func read(_ text: String) throws(MappingFailure) -> CivilDate? {
        if JSON.string(text).isBlank { return nil }
        guard let date = CivilDate(text) else { throw MappingFailure(reason: "a date was expected") }
        return date
    }
}
