extension Settings {
    /// Every setting with its option, meaning, name, environment variable and default: three lines each, within 80
    /// columns.
    public static var help: String {
        let declared = Keys.all.map { key in
            entry(
                shownFlag(of: key), key.help,
                "\(key.name) · \(key.environmentName) · \(key.shownDefault)")
        }
        let open = openFamilies.map { family in
            entry(family.name, family.help, openVariable(of: family.name))
        }
        return """
            Pour chaque réglage : l’option et son sens, puis son nom dans le fichier, sa
            variable d’environnement et sa valeur par défaut. Une option l’emporte sur une
            variable, une variable sur le fichier, le fichier sur le défaut.


            """ + (declared + open).joined(separator: "\n")
    }

    private static func entry(_ head: String, _ help: String, _ rest: String) -> String {
        "\(head)\n    \(help)\n    \(rest)"
    }

    private static func shownFlag(of key: any DeclaredSetting) -> String {
        guard let flag = key.flag else { return key.name }
        return key.isSwitch ? "\(flag), --no-\(flag.drop(while: { $0 == "-" }))" : flag
    }

    private static func openVariable(of name: String) -> String {
        environmentPrefix + name.replacing(".", with: "_").replacing("-", with: "_").uppercased()
    }
}
