extension CogImport {
    private struct Movement {
        let date: String
        var successors: Set<String>
        let row: CSVFile.Row
    }

    /// Works out what took the place of each code that is no commune's any more.
    ///
    /// A code's last movement to another code counts: a commune that left a merger and joined another one later is
    /// followed to where it went last. Associated and delegated communes are parts of communes and have no movement of
    /// their own here.
    mutating func readMovements() throws {
        let table = try rows(.movements) { $0.rows("DATE_EFF", "TYPECOM_AV", "COM_AV", "TYPECOM_AP", "COM_AP") }
        guard let (file, rows) = table else { return }
        var last: [String: Movement] = [:]
        for row in rows {
            let (date, code, successor) = (row.cells[0], row.cells[2], row.cells[4])
            guard date.wholeMatch(of: /\d{4}-\d{2}-\d{2}/) != nil else {
                file.fault("« \(date) » n'est pas une date", row)
                continue
            }
            guard row.cells[1] == "COM", row.cells[3] == "COM", code != successor, communes[code] == nil else {
                continue
            }
            switch last[code] {
            case let known? where known.date > date: continue
            case let known? where known.date == date: last[code]?.successors.insert(successor)
            default: last[code] = Movement(date: date, successors: [successor], row: row)
            }
        }
        for (code, movement) in last.sorted(by: { $0.key < $1.key }) {
            let today = Set(movement.successors.flatMap { ends(of: $0, last, passed: [code]) })
            if today.isEmpty {
                file.fault(
                    "\(movement.successors.sorted().joined(separator: ", ")) n'est pas parmi les communes", movement.row
                )
            }
            former[code] = FormerCode(code: code, replaced: movement.date, successors: today.sorted())
        }
        tell(.movements, rows: rows.count)
    }

    /// The communes of today at the end of a chain of movements.
    private func ends(of code: String, _ last: [String: Movement], passed: Set<String>) -> Set<String> {
        if communes[code] != nil { return [code] }
        guard !passed.contains(code), let movement = last[code] else { return [] }
        return Set(movement.successors.flatMap { ends(of: $0, last, passed: passed.union([code])) })
    }

    /// The commune of today that a code of another year means; nil where there is none, or several.
    func today(_ code: String) -> String? {
        if communes[code] != nil { return code }
        guard let successors = former[code]?.successors, successors.count == 1 else { return nil }
        return successors[0]
    }
}
