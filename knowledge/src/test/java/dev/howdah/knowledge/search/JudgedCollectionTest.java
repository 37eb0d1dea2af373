package dev.howdah.knowledge.search;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class JudgedCollectionTest {
    @Test
    void readsCranfieldsFilesAndNumbersQuestionsByTheirPlace(@TempDir Path folder) throws IOException {
        Files.writeString(folder.resolve("cran.all.1400"),
                ".I 1\n.T\nwings .\n.A\nsomebody\n.B\n\n.W\nwings .\nof heavy\naircraft\n.I 2\n.T\n.A\n.B\n.W\n");
        Files.writeString(folder.resolve("cran.qry"), ".I 001\n.W\nwhat wings\n.I 004\n.W\nwhich\naircraft\n");
        Files.writeString(folder.resolve("cranqrel"), "1 1 2\n1 2 -1\n2 2 4 \n2 1 5\n");
        var read = JudgedCollection.cranfield(folder);
        assertThat(read.documents()).hasSize(2);
        assertThat(read.documents().getFirst().title()).isEqualTo("wings .");
        assertThat(read.documents().getFirst().text()).isEqualTo("wings .\nof heavy\naircraft");
        assertThat(read.questions()).containsExactly("what wings", "which\naircraft");
        assertThat(read.relevant()).containsEntry(1, Set.of("1")).containsEntry(2, Set.of("2"));
        assertThat(read.ndcg(number -> true, question -> List.of("1", "2"))).isCloseTo((1 + 1 / 1.58496) / 2,
                within(1e-4));
        assertThat(read.ndcg(number -> number == 1, question -> List.of())).isZero();
    }
}
