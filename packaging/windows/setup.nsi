; The installer for the person who starts it, without an administrator: makensis -DEXE=… -DICON=… -DVERSION=… -DOUT=… [-DQUICK] setup.nsi
; What it leaves when it is removed: settings and logs of acts in %APPDATA%\Deskside, which belong to the person.
Target amd64-unicode
!include "MUI2.nsh"

!define NAME "Deskside"
!define UNINSTALL "Software\Microsoft\Windows\CurrentVersion\Uninstall\Deskside"

Name "${NAME}"
OutFile "${OUT}"
RequestExecutionLevel user
InstallDir "$LOCALAPPDATA\Programs\Deskside"
InstallDirRegKey HKCU "${UNINSTALL}" "InstallLocation"
; Small for who downloads it, or soon there for who only tries it.
!ifdef QUICK
  SetCompressor zlib
!else
  SetCompressor /SOLID lzma
!endif
BrandingText "${NAME} ${VERSION}"
VIProductVersion "${VERSION}.0"
VIAddVersionKey /LANG=0 "ProductName" "${NAME}"
VIAddVersionKey /LANG=0 "FileDescription" "${NAME}"
VIAddVersionKey /LANG=0 "FileVersion" "${VERSION}"
VIAddVersionKey /LANG=0 "LegalCopyright" "MIT or Apache-2.0"

!define MUI_ICON "${ICON}"
!define MUI_UNICON "${ICON}"
!define MUI_FINISHPAGE_RUN "$INSTDIR\deskside.exe"
!insertmacro MUI_PAGE_INSTFILES
!insertmacro MUI_PAGE_FINISH
!insertmacro MUI_UNPAGE_CONFIRM
!insertmacro MUI_UNPAGE_INSTFILES
!insertmacro MUI_LANGUAGE "English"
!insertmacro MUI_LANGUAGE "French"

LangString RUNS ${LANG_ENGLISH} "Deskside is running. Close it, then try again."
LangString RUNS ${LANG_FRENCH} "Deskside est en cours d’exécution. Fermez-le, puis réessayez."

; A program that runs cannot be replaced, and is not ended by us: it may be in a session.
!macro WaitUntilClosed UN
  ${UN}again:
  IfFileExists "$INSTDIR\deskside.exe" 0 ${UN}closed
  ClearErrors
  FileOpen $0 "$INSTDIR\deskside.exe" a
  IfErrors 0 ${UN}opened
  MessageBox MB_RETRYCANCEL|MB_ICONEXCLAMATION "$(RUNS)" /SD IDCANCEL IDRETRY ${UN}again
  SetErrorLevel 2
  Abort
  ${UN}opened:
  FileClose $0
  ${UN}closed:
!macroend

Section
  !insertmacro WaitUntilClosed ""
  SetOutPath "$INSTDIR"
  File "/oname=deskside.exe" "${EXE}"
  WriteUninstaller "$INSTDIR\uninstall.exe"
  CreateShortCut "$SMPROGRAMS\Deskside.lnk" "$INSTDIR\deskside.exe"
  ExecWait '"$INSTDIR\deskside.exe" links add'
  WriteRegStr HKCU "${UNINSTALL}" "DisplayName" "${NAME}"
  WriteRegStr HKCU "${UNINSTALL}" "DisplayVersion" "${VERSION}"
  WriteRegStr HKCU "${UNINSTALL}" "DisplayIcon" "$INSTDIR\deskside.exe"
  WriteRegStr HKCU "${UNINSTALL}" "InstallLocation" "$INSTDIR"
  WriteRegStr HKCU "${UNINSTALL}" "UninstallString" '"$INSTDIR\uninstall.exe"'
  WriteRegStr HKCU "${UNINSTALL}" "QuietUninstallString" '"$INSTDIR\uninstall.exe" /S'
  WriteRegDWORD HKCU "${UNINSTALL}" "NoModify" 1
  WriteRegDWORD HKCU "${UNINSTALL}" "NoRepair" 1
SectionEnd

Section "Uninstall"
  !insertmacro WaitUntilClosed "un"
  ExecWait '"$INSTDIR\deskside.exe" links remove'
  Delete "$INSTDIR\deskside.exe"
  Delete "$INSTDIR\uninstall.exe"
  Delete "$SMPROGRAMS\Deskside.lnk"
  RMDir "$INSTDIR"
  DeleteRegKey HKCU "${UNINSTALL}"
SectionEnd
