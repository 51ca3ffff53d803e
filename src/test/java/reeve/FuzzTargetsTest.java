package reeve;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.code_intelligence.jazzer.junit.FuzzTest;
import com.tngtech.archunit.core.domain.JavaMethod;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

/// The short fuzz of `./dev test`: every fuzz target gets the same seeded inputs, quick and repeatable. `./dev fuzz` goes on
/// with coverage guidance for as long as one likes.
@Tag("fuzz")
class FuzzTargetsTest {
    private static final int INPUTS = Integer.getInteger("reeve.fuzz.inputs", 5_000);

    /// Pieces that bring random bytes past the first checks of what we parse.
    private static final List<String> PIECES =
            List.of("GET / HTTP/1.1\r\n", "HTTP/1.1 200 OK\r\n", "POST /a?b=c HTTP/1.1\r\n", "Host: a\r\n",
            "Content-Length: 5\r\n", "Transfer-Encoding: chunked\r\n", "Connection: keep-alive, x\r\n", "\r\n", "\n", "\r",
                    "5\r\nhello\r\n",
            "0\r\n\r\n", "ffffffffffffffff\r\n", ":", " ", "\t", "\0", "name: a\n", "services:\n", "  web:\n", "    command: [\"x\"]\n",
            "- ", "&a ", "*a", "<<: ", "${port}", "${A:-b}", "$$", "{", "}", "[", "]", "\"", "'", "#", "é", "\u2028", "10s", "-1", "1e9");

    @TestFactory
    Stream<DynamicTest> aTargetHoldsForSeededInputs() {
        return targets().map(target -> DynamicTest.dynamicTest(
                target.getDeclaringClass().getSimpleName() + "." + target.getName(), () -> feed(target, INPUTS)));
    }

    @Test
    void aTargetThatFailsIsReportedWithItsInput() throws NoSuchMethodException {
        var failing = Planted.class.getDeclaredMethod("findsAPiece", byte[].class);

        assertThatThrownBy(() -> feed(failing, 20_000))
                .isInstanceOf(AssertionError.class)
                .hasMessageContaining("findsAPiece fails for the input (Base64)");
    }

    /// A target with a bug that seeded inputs find.
    static final class Planted {
        void findsAPiece(byte[] input) {
            if (new String(input, StandardCharsets.UTF_8).contains("Host: a\r\n\r\n")) {
                throw new IllegalStateException("planted");
            }
        }
    }

    private static Stream<Method> targets() {
        return new ClassFileImporter().importPath(Path.of("target/test-classes")).stream()
                .flatMap(type -> type.getMethods().stream())
                .filter(method -> method.isAnnotatedWith(FuzzTest.class))
                .map(JavaMethod::reflect)
                .filter(method -> method.getParameterCount() == 1 && method.getParameterTypes()[0] == byte[].class);
    }

    private static void feed(Method target, int inputs) throws ReflectiveOperationException {
        target.setAccessible(true);
        var constructor = target.getDeclaringClass().getDeclaredConstructor();
        constructor.setAccessible(true);
        Object instance = constructor.newInstance();
        var random = new Random(target.getName().hashCode());
        for (int i = 0; i < inputs; i++) {
            byte[] input = input(random);
            try {
                target.invoke(instance, (Object) input);
            } catch (InvocationTargetException e) {
                throw new AssertionError(target.getName() + " fails for the input (Base64) " + Base64.getEncoder().encodeToString(input)
                        + ": " + new String(input, StandardCharsets.ISO_8859_1), e.getCause());
            }
        }
    }

    /// Pieces in a row, some of whose bytes are changed, dropped or doubled.
    private static byte[] input(Random random) {
        var text = new StringBuilder();
        int pieces = random.nextInt(12);
        for (int i = 0; i < pieces; i++) {
            text.append(PIECES.get(random.nextInt(PIECES.size())));
        }
        var bytes = new ArrayList<Byte>();
        for (byte b : text.toString().getBytes(StandardCharsets.UTF_8)) {
            switch (random.nextInt(60)) {
                case 0 -> bytes.add((byte) random.nextInt(256));
                case 1 -> { /* dropped */ }
                case 2 -> {
                    bytes.add(b);
                    bytes.add(b);
                }
                default -> bytes.add(b);
            }
        }
        byte[] input = new byte[bytes.size()];
        for (int i = 0; i < input.length; i++) {
            input[i] = bytes.get(i);
        }
        return input;
    }
}
