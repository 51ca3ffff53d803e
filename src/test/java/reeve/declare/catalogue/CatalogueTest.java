package reeve.declare.catalogue;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import reeve.model.AppName;
import reeve.model.Failure;

class CatalogueTest {
    @TempDir
    Path folder;

    private Path write(String path, String text) throws IOException {
        Path file = folder.resolve(path);
        Files.createDirectories(file.getParent());
        return Files.writeString(file, text);
    }

    private Catalogue catalogue() {
        return new Catalogue(List.of(folder.resolve("own"), folder.resolve("shipped"), folder.resolve("not-there")));
    }

    @Test
    void anEntryIsAFileOrAFolderWithAManifest() throws IOException {
        write("shipped/wiki.yaml", "");
        write("shipped/shop/compose.yaml", "");
        write("shipped/node/manifest.yml", "");
        write("shipped/README.md", "");
        write("shipped/empty/notes.txt", "");
        write("shipped/Bad Name.yaml", "");
        assertThat(catalogue().entries()).extracting(entry -> entry.app() + " " + folder.relativize(entry.file()))
                .containsExactly("node shipped/node/manifest.yml", "shop shipped/shop/compose.yaml", "wiki shipped/wiki.yaml");
    }

    @Test
    void whatTheOperatorAddsWinsAndSurvivesTheReplacementOfWhatWasShipped() throws IOException {
        Path own = write("own/wiki.yaml", "own");
        Path shipped = write("shipped/wiki.yaml", "shipped");
        assertThat(catalogue().find(new AppName("wiki"))).map(Catalogue.Entry::file).contains(own);
        assertThat(catalogue().entries()).hasSize(1);
        Files.delete(shipped);
        assertThat(catalogue().find(new AppName("wiki"))).map(Catalogue.Entry::file).contains(own);
    }

    @Test
    void anEntryIsReadWithTheVariablesBesideItThatItNames() throws IOException {
        write("own/wiki/reeve.yaml", "name: wiki\nservices: { web: { command: [run, \"${PLACE:-here}\"] } }\n");
        write("own/wiki/.env", "PLACE=there\nOTHER=not named\n");
        var source = Catalogue.read(catalogue().find(new AppName("wiki")).orElseThrow());
        assertThat(source.variables()).isEqualTo(Map.of("PLACE", "there"));
        assertThat(source.file()).isEqualTo(folder.resolve("own/wiki/reeve.yaml"));
    }

    @Test
    void whatCannotBeReadIsRefusedByName() throws IOException {
        Path file = write("own/wiki.yaml", "");
        Files.write(file, new byte[] {(byte) 0xc3, 0x28});
        assertThatThrownBy(() -> Catalogue.read(new Catalogue.Entry(new AppName("wiki"), file))).isInstanceOf(Failure.class)
                .hasMessage("cannot read " + file + ": it is not UTF-8 text");
    }
}
