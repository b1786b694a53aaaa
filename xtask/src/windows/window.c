/* A window of one colour for tests: `window TITLE RRGGBB X Y WIDTH HEIGHT`, with `managed` behind it one that the window manager of the
   display looks after: it does what Wine wants later than Wine says, or not at all. It does what the lines on its input say, answers each with
   `done`, and says what is typed and clicked into it. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <windows.h>

static HBRUSH ground;
static HWND window, popup;

static void say(const char *what, unsigned value)
{
    printf("%s %x\n", what, value);
    fflush(stdout);
}

static void put(HWND w, HWND after, const char *place)
{
    int at[4];
    if (sscanf(place, "%d %d %d %d", &at[0], &at[1], &at[2], &at[3]) == 4)
        SetWindowPos(w, after, at[0], at[1], at[2], at[3], SWP_NOACTIVATE | SWP_SHOWWINDOW);
}

static void obey(char *line)
{
    char *rest = strchr(line, ' ');
    rest = rest ? rest + 1 : "";
    if (!strncmp(line, "move", 4))
        put(window, HWND_TOP, rest);
    else if (!strncmp(line, "popup", 5))
        put(popup, HWND_TOP, rest);
    else if (!strncmp(line, "race", 4)) {
        /* There and back, again and again, faster than anybody takes pictures. */
        for (int i = 0, n = atoi(rest); i < n; i++) {
            SetWindowPos(window, HWND_TOP, 40 + i % 9 * 90, 60 + i % 7 * 70, 0, 0, SWP_NOACTIVATE | SWP_NOSIZE);
            Sleep(1);
        }
    } else if (!strncmp(line, "blink", 5)) {
        for (int i = 0, n = atoi(rest); i < n; i++) {
            ShowWindow(window, i % 2 ? SW_SHOWNOACTIVATE : SW_HIDE);
            Sleep(i % 13);
        }
        ShowWindow(window, SW_SHOWNOACTIVATE);
    } else if (!strncmp(line, "front", 5))
        SetForegroundWindow(window);
    else if (!strncmp(line, "hide", 4))
        ShowWindow(window, SW_HIDE);
    else if (!strncmp(line, "unpopup", 7))
        ShowWindow(popup, SW_HIDE);
    else if (!strncmp(line, "show", 4))
        ShowWindow(window, SW_SHOWNOACTIVATE);
    else if (!strncmp(line, "minimise", 8))
        ShowWindow(window, SW_SHOWMINNOACTIVE);
    else if (!strncmp(line, "restore", 7))
        ShowWindow(window, SW_SHOWNOACTIVATE);
    else if (!strncmp(line, "close", 5))
        DestroyWindow(window);
    free(line);
    say("done", 0);
}

static LRESULT CALLBACK act(HWND w, UINT message, WPARAM a, LPARAM b)
{
    switch (message) {
    case WM_APP:
        obey((char *)b);
        return 0;
    case WM_CHAR:
        say("typed", (unsigned)a);
        return 0;
    case WM_LBUTTONDOWN:
        say("clicked", (unsigned)b);
        return 0;
    case WM_DESTROY:
        if (w == window)
            PostQuitMessage(0);
        return 0;
    }
    return DefWindowProcA(w, message, a, b);
}

static DWORD WINAPI hear(void *unused)
{
    char line[256];
    (void)unused;
    while (fgets(line, sizeof line, stdin))
        PostMessageA(window, WM_APP, 0, (LPARAM)strdup(line));
    return 0;
}

int main(int count, char **words)
{
    unsigned colour;
    WNDCLASSA class = {0};
    MSG message;
    DWORD style = WS_POPUP | (count == 8 ? WS_SYSMENU | WS_MINIMIZEBOX : 0);
    if (count < 7 || sscanf(words[2], "%x", &colour) != 1)
        return 2;
    ground = CreateSolidBrush(RGB(colour >> 16, colour >> 8 & 0xff, colour & 0xff));
    class.lpfnWndProc = act;
    class.hInstance = GetModuleHandleA(NULL);
    class.hbrBackground = ground;
    class.hCursor = LoadCursorA(NULL, (LPCSTR)IDC_ARROW);
    class.lpszClassName = "DesksideTest";
    RegisterClassA(&class);
    window = CreateWindowExA(0, class.lpszClassName, words[1], style, atoi(words[3]), atoi(words[4]),
                             atoi(words[5]), atoi(words[6]), NULL, NULL, class.hInstance, NULL);
    popup = CreateWindowExA(WS_EX_TOOLWINDOW, class.lpszClassName, "", WS_POPUP, 0, 0, 9, 9, window, NULL,
                            class.hInstance, NULL);
    if (!window || !popup || !CreateThread(NULL, 0, hear, NULL, 0, NULL))
        return 1;
    ShowWindow(window, count == 8 ? SW_SHOW : SW_SHOWNOACTIVATE);
    UpdateWindow(window);
    say("window", (unsigned)(UINT_PTR)window);
    while (GetMessageA(&message, NULL, 0, 0) > 0) {
        TranslateMessage(&message);
        DispatchMessageA(&message);
    }
    return 0;
}
