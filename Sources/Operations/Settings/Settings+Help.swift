extension Settings {
    /// Every setting with its environment variable, its option, its default and its meaning, as a table of text.
    public static var help: String {
        let declared = Keys.all.map { key in
            [key.name, key.environmentName, shownFlag(of: key), key.shownDefault, key.help]
        }
        let open = openFamilies.map { family in [family.name, openVariable(of: family.name), "", "", family.help] }
        let rows = [["Réglage", "Variable", "Option", "Défaut", "Sens"]] + declared + open
        let widths = rows[0].indices.map { column in rows.map { $0[column].count }.max() ?? 0 }
        let lines = rows.map { row in
            let cells = zip(row, widths).map { cell, width in
                cell + String(repeating: " ", count: width - cell.count)
            }
            return cells.joined(separator: "  ").trimmingTrailingSpaces
        }
        return lines.joined(separator: "\n") + """


            Une option l’emporte sur une variable, une variable sur le fichier, le fichier sur le défaut.
            Dans une variable, un point ou un tiret du nom devient « _ ».

            """
    }

    private static func shownFlag(of key: any DeclaredSetting) -> String {
        guard let flag = key.flag else { return "" }
        return key.isSwitch ? "\(flag), --no-\(flag.drop(while: { $0 == "-" }))" : flag
    }

    private static func openVariable(of name: String) -> String {
        environmentPrefix + name.replacing(".", with: "_").replacing("-", with: "_").uppercased()
    }
}

extension String {
    fileprivate var trimmingTrailingSpaces: String {
        String(reversed().drop(while: { $0 == " " }).reversed())
    }
}
